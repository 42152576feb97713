"""A piece of a streamed generation, in the shape of OpenAI's `chat.completion.chunk`."""

from datetime import datetime
from typing import ClassVar

import msgspec
from msgspec import UNSET, UnsetType

from textnlp.api.schemas.filter_results import FilterVerdictRead, read_verdicts
from textnlp.api.schemas.usage import UsageRead, read_usage
from textnlp.domain.generation.model import CompletionChunk, FinishReason, Usage

END_OF_STREAM = b"[DONE]"


class Delta(msgspec.Struct, omit_defaults=True):
    """What a chunk adds to the message."""

    role: str | None = None
    content: str | None = None


class Choice(msgspec.Struct, kw_only=True):
    """The choice that a chunk belongs to; finish reason, and what a content filter found, are told on the last."""

    index: int
    delta: Delta
    finish_reason: FinishReason | None = None
    verdicts: list[FilterVerdictRead] | UnsetType = UNSET


class GenerationChunk(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One event of the stream; the one that carries usage has no choice."""

    id: str
    object: str
    created: int
    model: str
    choices: list[Choice]
    usage: UsageRead | None = None

    EXAMPLE: ClassVar[str] = (
        'data: {"id":"gen_01kx3v9qe8m2t6f0r7w4z1c5ny","object":"chat.completion.chunk","created":1772366400,'
        '"model":"smollm2-135m","choices":[{"index":0,"delta":{"role":"assistant","content":"It boils"}}]}\n\n'
        "data: [DONE]\n\n"
    )
    """The stream of a completion, as `text/event-stream`."""


class ChunkWriter:
    """Writes the chunks of one generation, asked for at `asked_at`, and adds up the usage of its choices."""

    def __init__(self, generation_id: str, *, model: str, asked_at: datetime) -> None:
        self._id = generation_id
        self._model = model
        self._created = int(asked_at.timestamp())
        self._begun: set[int] = set()
        self._usage: Usage | None = None
        self._encode = msgspec.json.Encoder().encode

    def text(self, index: int, chunk: CompletionChunk) -> bytes:
        """Write a piece of choice `index`; the first one also says who speaks."""
        self._model = chunk.model or self._model
        if chunk.usage is not None:
            self._usage = chunk.usage if self._usage is None else self._usage.plus(chunk.usage)
        role = None if index in self._begun else "assistant"
        self._begun.add(index)
        delta = Delta(role=role, content=chunk.text or None)
        choice = Choice(
            index=index,
            delta=delta,
            finish_reason=chunk.finish_reason,
            verdicts=read_verdicts(chunk.verdicts) or UNSET,
        )
        return self._chunk([choice])

    def usage(self) -> bytes | None:
        """Write the tokens of all choices together; None where no engine told them."""
        return None if self._usage is None else self._chunk([], usage=read_usage(self._usage))

    def _chunk(self, choices: list[Choice], *, usage: UsageRead | None = None) -> bytes:
        return self._encode(
            GenerationChunk(
                id=self._id,
                object="chat.completion.chunk",
                created=self._created,
                model=self._model,
                choices=choices,
                usage=usage,
            ),
        )
