"""One completion from a running platform."""

import contextlib
import sys

from textnlp.cli.local_generate import GenerateOrder
from textnlp.cli.remote_batch import known, read_usage
from textnlp.cli.server_client import open_client
from textnlp.client.generations import (
    FilterVerdictRead,
    GenerationChunk,
    GenerationCreate,
    GenerationRead,
    SamplingParameters,
)
from textnlp.domain.filter_verdict import NO_VERDICTS, FilteredPart, FilterVerdict
from textnlp.domain.generation.model import NO_USAGE, Completion, FinishReason
from textnlp.settings import Settings


async def generate_remote(settings: Settings, order: GenerateOrder) -> Completion:
    """Have the platform that the settings name write the completion; a stream goes to standard output as it comes.

    The platform's own default is asked where the order's model is empty. Raises the platform's errors, and
    `BAD_RESPONSE` for a stream that stops in the middle.
    """
    async with open_client(settings) as client:
        if not order.is_streamed or order.response_schema is not None:
            return _completion(await client.generations.generate(_asked(order)))
        collected = _Collected(order.model)
        async with contextlib.aclosing(client.generations.stream_generate(_asked(order))) as chunks:
            async for chunk in chunks:
                sys.stdout.write(collected.add(chunk))
                sys.stdout.flush()
        sys.stdout.write("\n")
        return collected.completion()


class _Collected:
    """The pieces of a streamed answer."""

    def __init__(self, model: str) -> None:
        self._model = model
        self._pieces: list[str] = []
        self._reason = FinishReason.STOP
        self._usage = NO_USAGE
        self._verdicts = NO_VERDICTS

    def add(self, chunk: GenerationChunk) -> str:
        """Take a chunk in and return its text."""
        self._model = chunk.model or self._model
        if chunk.usage is not None:
            self._usage = read_usage(chunk.usage)
        for choice in chunk.choices:
            if choice.finish_reason is not None:
                self._reason = known(FinishReason, choice.finish_reason)
            self._verdicts = _verdicts(choice.verdicts) or self._verdicts
        text = "".join(choice.delta.content or "" for choice in chunk.choices)
        self._pieces.append(text)
        return text

    def completion(self) -> Completion:
        """Return the whole answer."""
        return Completion(
            text="".join(self._pieces),
            model=self._model,
            finish_reason=self._reason,
            usage=self._usage,
            verdicts=self._verdicts,
        )


def _completion(answer: GenerationRead) -> Completion:
    return Completion(
        text=answer.text,
        model=answer.model,
        finish_reason=known(FinishReason, answer.finish_reason),
        usage=read_usage(answer.usage),
        attempts=answer.attempts,
        deployment=answer.deployment,
        verdicts=_verdicts(answer.choices[0].verdicts),
    )


def _verdicts(told: list[FilterVerdictRead] | None) -> tuple[FilterVerdict, ...]:
    return tuple(
        FilterVerdict(
            part=known(FilteredPart, each.part),
            category=each.category,
            severity=each.severity,
            is_stopped=each.is_stopped,
        )
        for each in told or ()
    )


def _asked(order: GenerateOrder) -> GenerationCreate:
    parameters = order.parameters
    return GenerationCreate(
        prompt=order.prompt,
        system=order.system or None,
        model=order.model or None,
        parameters=SamplingParameters(
            temperature=parameters.temperature,
            max_tokens=parameters.max_tokens,
            seed=parameters.seed,
        ),
        schema=order.response_schema,
    )
