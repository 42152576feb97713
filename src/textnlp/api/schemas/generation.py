"""A generation, as it is asked for and as it is answered."""

from typing import Annotated, Any, Literal

import msgspec

from textnlp.api.schemas.response_schema import require_schema
from textnlp.api.schemas.sampling import SamplingParameters
from textnlp.api.schemas.usage import UsageRead, read_usage
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.generation.model import Completion, FinishReason, Message, Role

Text = Annotated[str, msgspec.Meta(min_length=1)]


class MessageCreate(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """One turn of the conversation to be continued."""

    role: Role
    content: Text


class GenerationCreate(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A completion to be written.

    Attributes:
        prompt: what the user says; this or `messages`.
        messages: the whole conversation; this or `prompt`.
        system: what the model is told first; goes with `prompt` only.
        model: the platform's default where none is named.
        schema: JSON Schema that the completion must satisfy; the answer then holds `json`.
        stream: answer with server-sent events as the text is written; cannot be had together with `schema`,
            for only a whole answer can be checked.
        mode: `sync` waits for the answer; `async` answers at once with where it can be fetched.
    """

    prompt: Text | None = None
    messages: Annotated[list[MessageCreate], msgspec.Meta(min_length=1)] | None = None
    system: Text | None = None
    model: Text | None = None
    parameters: SamplingParameters = msgspec.field(default_factory=SamplingParameters)
    schema: dict[str, Any] | None = None
    stream: bool = False
    mode: Literal["sync", "async"] = "sync"

    def conversation(self) -> tuple[Message, ...]:
        """Return the messages to be sent; raise `INVALID_INPUT` for fields that exclude each other."""
        if self.stream and self.mode == "async":
            raise _refused("What is fetched later cannot be streamed.", field="stream")
        if (self.prompt is None) == (self.messages is None):
            raise _refused("Give either prompt or messages, and not both.", field="prompt")
        if self.messages is not None:
            if self.system is not None:
                raise _refused("system goes with prompt; among messages it is one of role system.", field="system")
            return tuple(Message(message.role, message.content) for message in self.messages)
        told = [Message(Role.SYSTEM, self.system)] if self.system is not None else []
        return (*told, Message(Role.USER, self.prompt or ""))

    def response_schema(self) -> dict[str, Any] | None:
        """Return the schema; raise `INVALID_INPUT` for one that is none, or on an answer that leaves unchecked."""
        if self.schema is None:
            return None
        if self.stream:
            raise _refused("An answer that must satisfy a schema cannot be streamed.", field="stream")
        require_schema(self.schema)
        return self.schema


class GenerationRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A completion that was written.

    Attributes:
        model: the model that answered, as its provider names it.
        attempts: calls made for it.
        deployment: the one that answered, where the model is an alias of several.
        json: the parsed text, where a schema was given.
    """

    id: str
    text: str
    model: str
    finish_reason: FinishReason
    usage: UsageRead
    attempts: int
    deployment: str = ""
    json: Any = msgspec.UNSET


def read_generation(generation_id: str, completion: Completion, *, is_structured: bool) -> GenerationRead:
    """Show a completion; raise `BAD_RESPONSE` where one with a schema is no JSON."""
    return GenerationRead(
        id=generation_id,
        text=completion.text,
        model=completion.model,
        finish_reason=completion.finish_reason,
        usage=read_usage(completion.usage),
        attempts=completion.attempts,
        deployment=completion.deployment,
        json=_parsed(completion.text) if is_structured else msgspec.UNSET,
    )


def _parsed(text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError) as exc:
        raise TextNLPError("The model's answer is not JSON.", kind=ErrorKind.BAD_RESPONSE) from exc


def _refused(message: str, *, field: str) -> TextNLPError:
    return TextNLPError(message, kind=ErrorKind.INVALID_INPUT, facts=ErrorFacts(field=field))
