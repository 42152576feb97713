"""What does the cache of calls add to a call, with its answers in memory and in PostgreSQL?

Each call asks an engine that answers 2 kB at once. First every call is a miss, which is looked up, asked and kept;
then all are asked again, and are hits. The same calls without a cache are the floor. The database is the embedded
one, on the same machine.
"""

import asyncio
import contextlib
import tempfile
import time
from collections.abc import AsyncGenerator, Iterable
from pathlib import Path

from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.database.call_cache import PostgresCallCache
from textnlp.adapters.database.embedded import EmbeddedPostgres
from textnlp.adapters.database.memory_call_cache import MemoryCallCache
from textnlp.adapters.database.migrate import upgrade
from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.application.cached_engine import CachedEngine
from textnlp.application.keep_calls import CallKeeper
from textnlp.domain.generation.model import (
    Completion,
    CompletionChunk,
    EngineCapabilities,
    FinishReason,
    GenerationRequest,
    Message,
    Parameters,
    Role,
    Usage,
)
from textnlp.ports.call_cache import CallCache
from textnlp.ports.text_engine import TextEngine

CALLS = 10_000
TOGETHER = (64, 256)
PROMPT = "Write a product review that a careful reader would believe. " * 10
ANSWER = Completion(
    text="It does what it says, and says what it does. " * 45,
    model="m-1",
    finish_reason=FinishReason.STOP,
    usage=Usage(prompt_tokens=150, completion_tokens=500),
)


class InstantEngine:
    """Answers at once, always the same."""

    name = "instant"
    capabilities = EngineCapabilities(is_deterministic=True)

    async def generate(self, request: GenerationRequest) -> Completion:  # noqa: ARG002  the port's shape
        """Return the answer."""
        return ANSWER

    async def stream(self, request: GenerationRequest) -> AsyncGenerator[CompletionChunk]:  # noqa: ARG002  likewise
        """Hand out the answer as one piece."""
        yield CompletionChunk(text=ANSWER.text, finish_reason=ANSWER.finish_reason)

    async def check(self) -> None:
        """Find nothing wrong."""

    async def aclose(self) -> None:
        """Hold nothing that would have to be freed."""


def requests(prefix: str) -> list[GenerationRequest]:
    return [
        GenerationRequest(
            model="m-1",
            messages=(Message(Role.SYSTEM, PROMPT), Message(Role.USER, f"{prefix}{number}")),
            parameters=Parameters(temperature=0.7, seed=number),
        )
        for number in range(CALLS)
    ]


async def ask(engine: TextEngine, asked: Iterable[GenerationRequest]) -> None:
    for request in asked:
        await engine.generate(request)


async def measure(label: str, engine: TextEngine, asked: list[GenerationRequest], *, lanes: int) -> None:
    began = time.perf_counter()
    await asyncio.gather(*(ask(engine, asked[lane::lanes]) for lane in range(lanes)))
    seconds = time.perf_counter() - began
    print(f"{label:<20} {lanes:>3} together  {1e6 * seconds / CALLS:6.1f} µs a call  {CALLS / seconds:>9,.0f} calls/s")


async def measure_cache(label: str, cache: CallCache, *, lanes: int) -> None:
    asked = requests(f"{lanes} ")
    engine = CachedEngine(InstantEngine(), keeper=CallKeeper(cache.for_tenant("local"), clock=SystemClock()))
    await measure(f"{label}, misses", engine, asked, lanes=lanes)
    await measure(f"{label}, hits", engine, asked, lanes=lanes)
    figures = engine.figures()
    assert (figures.misses, figures.kept, figures.hits, figures.away) == (CALLS, CALLS, CALLS, 0)


async def main() -> None:
    clock = SystemClock()
    with tempfile.TemporaryDirectory(prefix="textnlp-") as folder:
        server = EmbeddedPostgres(Path(folder), clock=clock)
        dsn = await server.ensure_running()
        await upgrade(dsn)
        async with contextlib.aclosing(PostgresDatabase(dsn, clock=clock)) as database:
            for lanes in TOGETHER:
                await measure("no cache", InstantEngine(), requests(""), lanes=lanes)
                await measure_cache("memory", MemoryCallCache(clock=clock), lanes=lanes)
                await measure_cache("PostgreSQL", PostgresCallCache(database), lanes=lanes)
        await server.release()


if __name__ == "__main__":
    asyncio.run(main())
