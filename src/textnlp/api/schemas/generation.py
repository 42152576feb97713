"""A generation, as it is asked for and as it is answered."""

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal

import msgspec

from textnlp.api.schemas.filter_results import FilterVerdictRead, read_verdicts
from textnlp.api.schemas.response_schema import require_schema
from textnlp.api.schemas.sampling import Choices, SamplingParameters
from textnlp.api.schemas.usage import UsageRead, read_usage
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.generation.model import Completion, FinishReason, Message, Role, usage_of
from textnlp.domain.templates.stored import StoredTemplate
from textnlp.domain.templates.template import render

Text = Annotated[str, msgspec.Meta(min_length=1)]
_ALL_BUT_ONE = 2


class MessageCreate(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """One turn of the conversation to be continued."""

    role: Role
    content: Text


class GenerationCreate(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A completion to be written.

    Attributes:
        prompt: what the user says; this, `messages` or `template`.
        messages: the whole conversation.
        template: a prompt with places for variables, in a bounded part of Jinja's language; or a stored one as
            `name@version`, which brings its system prompt where `system` is unset.
        variables: what comes to these places; goes with `template` only.
        system: what the model is told first; does not go with `messages`.
        model: the platform's default where none is named.
        schema: JSON Schema that the completion must satisfy; the answer then holds `json`.
        stream: answer with server-sent events as the text is written; cannot be had together with `schema`,
            for only a whole answer can be checked.
        n: completions to be written; with a seed, each has its own, counted up.
        mode: `sync` waits for the answer; `async` answers at once with where it can be fetched.
    """

    prompt: Text | None = None
    messages: Annotated[list[MessageCreate], msgspec.Meta(min_length=1)] | None = None
    template: Text | None = None
    variables: dict[str, Any] | None = None
    system: Text | None = None
    model: Text | None = None
    parameters: SamplingParameters = msgspec.field(default_factory=SamplingParameters)
    schema: dict[str, Any] | None = None
    stream: bool = False
    n: Choices = 1
    mode: Literal["sync", "async"] = "sync"

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "prompt": "Write a one-sentence review of a kettle.",
        "parameters": {"max_tokens": 60, "temperature": 0.7},
    }

    def conversation(self) -> tuple[Message, ...]:
        """Return the messages to be sent.

        Raises `INVALID_INPUT` for fields that exclude each other, and for what is wrong with a template.
        """
        if self.stream and self.mode == "async":
            raise _refused("What is fetched later cannot be streamed.", field="stream")
        if [self.prompt, self.messages, self.template].count(None) != _ALL_BUT_ONE:
            raise _refused("Give one of prompt, messages and template.", field="prompt")
        if self.variables is not None and self.template is None:
            raise _refused("variables go with template only.", field="variables")
        if self.messages is not None:
            if self.system is not None:
                raise _refused(
                    "system does not go with messages; among messages it is one of role system.", field="system"
                )
            return tuple(Message(message.role, message.content) for message in self.messages)
        told = [Message(Role.SYSTEM, self.system)] if self.system is not None else []
        return (*told, Message(Role.USER, self._prompt()))

    def with_template(self, stored: StoredTemplate) -> "GenerationCreate":
        """Return the same with the texts of a stored template; raise `INVALID_INPUT` where its system prompt fails."""
        system = self.system
        if system is None and stored.system is not None:
            system = render(stored.system, self.variables or {})
        return msgspec.structs.replace(self, template=stored.text, system=system)

    def _prompt(self) -> str:
        if self.template is None:
            return self.prompt or ""
        rendered = render(self.template, self.variables or {})
        if not rendered.strip():
            raise _refused("The template writes nothing.", field="template")
        return rendered

    def response_schema(self) -> dict[str, Any] | None:
        """Return the schema; raise `INVALID_INPUT` for one that is none, or on an answer that leaves unchecked."""
        if self.schema is None:
            return None
        if self.stream:
            raise _refused("An answer that must satisfy a schema cannot be streamed.", field="stream")
        require_schema(self.schema)
        return self.schema


class GenerationChoice(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One of the completions.

    Attributes:
        verdicts: what the provider's content filter found in prompt and answer.
        json: the parsed text, where a schema was given.
    """

    index: int
    text: str
    finish_reason: FinishReason
    verdicts: list[FilterVerdictRead] = []
    json: Any = msgspec.UNSET


class GenerationRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What was written; `text`, `finish_reason` and `json` are those of the first completion.

    Attributes:
        model: the model that answered, as its provider names it.
        usage: tokens of all completions together.
        attempts: calls made for all of them.
        choices: all completions, as many as `n` asked for.
        deployment: the one that answered, where the model is an alias of several.
        json: the parsed text, where a schema was given.
    """

    id: str
    text: str
    model: str
    finish_reason: FinishReason
    usage: UsageRead
    attempts: int
    choices: list[GenerationChoice]
    deployment: str = ""
    json: Any = msgspec.UNSET

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "id": "gen_01kx3v9qe8m2t6f0r7w4z1c5ny",
        "text": "It boils in two minutes, pours without a drip and has not failed me once.",
        "model": "smollm2-135m",
        "finish_reason": "stop",
        "usage": UsageRead.EXAMPLE,
        "attempts": 1,
        "choices": [
            {
                "index": 0,
                "text": "It boils in two minutes, pours without a drip and has not failed me once.",
                "finish_reason": "stop",
            },
        ],
        "deployment": "",
    }


def read_generation(generation_id: str, completions: Sequence[Completion], *, is_structured: bool) -> GenerationRead:
    """Show completions, at least one; raise `BAD_RESPONSE` where one with a schema is no JSON."""
    choices = read_choices(completions, is_structured=is_structured)
    first = choices[0]
    return GenerationRead(
        id=generation_id,
        text=first.text,
        model=completions[0].model,
        finish_reason=first.finish_reason,
        usage=read_usage(usage_of(completions)),
        attempts=sum(each.attempts for each in completions),
        choices=choices,
        deployment=completions[0].deployment,
        json=first.json,
    )


def read_choices(completions: Sequence[Completion], *, is_structured: bool = False) -> list[GenerationChoice]:
    """Show completions one by one."""
    return [
        GenerationChoice(
            index=index,
            text=each.text,
            finish_reason=each.finish_reason,
            verdicts=read_verdicts(each.verdicts),
            json=_parsed(each.text) if is_structured else msgspec.UNSET,
        )
        for index, each in enumerate(completions)
    ]


def _parsed(text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError) as exc:
        raise TextNLPError("The model's answer is not JSON.", kind=ErrorKind.BAD_RESPONSE) from exc


def _refused(message: str, *, field: str) -> TextNLPError:
    return TextNLPError(message, kind=ErrorKind.INVALID_INPUT, facts=ErrorFacts(field=field))
