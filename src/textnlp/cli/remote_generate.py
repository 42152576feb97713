"""One completion from a running platform."""

import contextlib
import dataclasses
import sys
from typing import Any

import msgspec

from textnlp.cli.local_generate import GenerateOrder
from textnlp.cli.server_client import open_client
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import NO_USAGE, Completion, FinishReason, Usage
from textnlp.settings import Settings

_END = b"[DONE]"


class _Delta(msgspec.Struct):
    content: str = ""


class _Choice(msgspec.Struct):
    delta: _Delta
    finish_reason: FinishReason | None = None


class _Chunk(msgspec.Struct):
    model: str = ""
    choices: list[_Choice] = msgspec.field(default_factory=list[_Choice])
    usage: Usage | None = None


async def generate_remote(settings: Settings, order: GenerateOrder) -> Completion:
    """Have the platform that the settings name write the completion; a stream goes to standard output as it comes.

    The platform's own default is asked where the order's model is empty. Raises the platform's errors, and
    `BAD_RESPONSE` for a stream that stops in the middle.
    """
    async with open_client(settings) as client:
        if not order.is_streamed or order.response_schema is not None:
            return await client.generate(_document(order))
        collected = _Collected(order.model)
        async with contextlib.aclosing(client.stream_generation(_document(order))) as events:
            async for event in events:
                if event.data == _END:
                    sys.stdout.write("\n")
                    return collected.completion()
                sys.stdout.write(collected.add(msgspec.json.decode(event.data, type=_Chunk)))
                sys.stdout.flush()
        raise TextNLPError("The answer stopped before its end.", kind=ErrorKind.BAD_RESPONSE)


class _Collected:
    """The pieces of a streamed answer."""

    def __init__(self, model: str) -> None:
        self._model = model
        self._pieces: list[str] = []
        self._reason = FinishReason.STOP
        self._usage = NO_USAGE

    def add(self, chunk: _Chunk) -> str:
        """Take a chunk in and return its text."""
        self._model = chunk.model or self._model
        self._usage = chunk.usage or self._usage
        for choice in chunk.choices:
            self._reason = choice.finish_reason or self._reason
        text = "".join(choice.delta.content for choice in chunk.choices)
        self._pieces.append(text)
        return text

    def completion(self) -> Completion:
        """Return the whole answer."""
        return Completion(
            text="".join(self._pieces),
            model=self._model,
            finish_reason=self._reason,
            usage=self._usage,
        )


def _document(order: GenerateOrder) -> dict[str, Any]:
    parameters = {
        name: value for name, value in dataclasses.asdict(order.parameters).items() if value is not None and value != ()
    }
    document = {
        "prompt": order.prompt,
        "system": order.system or None,
        "model": order.model or None,
        "parameters": parameters,
        "schema": order.response_schema,
    }
    return {name: value for name, value in document.items() if value is not None}
