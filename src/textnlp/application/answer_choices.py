"""Ask for several answers to the same question."""

import asyncio
import dataclasses
from collections.abc import AsyncGenerator

from textnlp.application.generate_structured import generate_structured
from textnlp.domain.generation.model import Completion, CompletionChunk, GenerationRequest, as_chunk
from textnlp.ports.text_engine import TextEngine


async def answer_choices(engine: TextEngine, request: GenerationRequest, *, count: int) -> list[Completion]:
    """Return `count` completions, asked for at once, each one that satisfies the request's schema if it has one.

    Where the request has a seed, each has its own, counted up from there. Raises what the first failing one raised,
    and cancels the others.
    """
    if count == 1:
        return [await _answer(engine, request)]
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(_answer(engine, each)) for each in seeded(request, count=count)]
    except BaseExceptionGroup as failed:
        raise failed.exceptions[0] from failed
    return [task.result() for task in tasks]


def stream_answer(engine: TextEngine, request: GenerationRequest) -> AsyncGenerator[CompletionChunk]:
    """Stream one completion.

    Where a schema must be satisfied and the engine does not see to it by itself, the stream is a single piece, for
    only a whole answer can be checked. Where the engine does, the answer comes as it is written, and is not checked.
    """
    if request.response_schema is None or engine.capabilities.constrains_to_schema:
        return engine.stream(request)
    return _in_one_piece(engine, request)


def seeded(request: GenerationRequest, *, count: int) -> list[GenerationRequest]:
    """Return the request `count` times, with seeds counted up from its own where it has one."""
    seed = request.parameters.seed
    if seed is None:
        return [request] * count
    return [
        dataclasses.replace(request, parameters=dataclasses.replace(request.parameters, seed=seed + place))
        for place in range(count)
    ]


async def _answer(engine: TextEngine, request: GenerationRequest) -> Completion:
    if request.response_schema is None:
        return await engine.generate(request)
    return await generate_structured(engine, request)


async def _in_one_piece(engine: TextEngine, request: GenerationRequest) -> AsyncGenerator[CompletionChunk]:
    yield as_chunk(await generate_structured(engine, request))
