"""A text engine that is not asked twice for the same."""

import asyncio
import contextlib
import dataclasses
import hashlib
from collections.abc import AsyncGenerator, Callable

from textnlp.application.keep_calls import CallKeeper
from textnlp.domain.batches.requests import PAYLOAD_HASH_BYTES, payload_hash
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import (
    NO_USAGE,
    Completion,
    CompletionChunk,
    EngineCapabilities,
    GenerationRequest,
)
from textnlp.domain.generation.reuse import CacheFigures, is_whole
from textnlp.ports.text_engine import TextEngine


def call_key(request: GenerationRequest, *, engine: str) -> bytes:
    """Return 16 bytes that are equal for requests that ask the same deployment the same.

    The deployment counts, because one name of a model means other weights elsewhere. Raises what `payload_hash` does.
    """
    return kept_key(payload_hash(request), engine=engine)


def kept_key(payload: bytes, *, engine: str) -> bytes:
    """Return the key of a request whose `payload_hash` is known."""
    return hashlib.blake2b(payload + engine.encode(), digest_size=PAYLOAD_HASH_BYTES).digest()


class _Flight:
    """One request on its way, for all who ask it at the same time."""

    __slots__ = ("askers", "is_answered", "is_free", "task")

    task: asyncio.Task[Completion]

    def __init__(self) -> None:
        self.askers = 0
        self.is_answered = False
        self.is_free = False
        """Whether the answer costs whoever takes it nothing, because it was kept or another asker has taken it."""


class CachedEngine:
    """A `TextEngine` that gives whole answers again to whoever asks the same, with `attempts` 0.

    Requests ask the same when they go to the same deployment with equal payloads: model, messages, parameters, schema
    and tools; the timeout does not count. An answer is returned once it is kept, so that a process that dies afterwards
    does not lose it. Answers that were cut or filtered are returned and not kept. A cache that is away stops no call.

    Equal requests that are made at the same time share one call, and the error that it may raise; one of those who
    are answered has the call's `attempts`, for the others it is a hit. The call is cancelled when all who wait for it
    are. Once it is answered it no longer is, and the answer is kept all the same.

    Works within one event loop. A request that cannot be written as JSON is passed on as it is.

    Args:
        keeper: the cache of the tenant whose calls these are; the engines of a run share it.
        caches_unseeded: whether requests without a seed count as the same, too; where not, they are passed on.
        on_reuse: told of every answer that is given again.
    """

    def __init__(
        self,
        engine: TextEngine,
        *,
        keeper: CallKeeper,
        caches_unseeded: bool = True,
        on_reuse: Callable[[Completion], None] | None = None,
    ) -> None:
        self._engine = engine
        self._keeper = keeper
        self._caches_unseeded = caches_unseeded
        self._on_reuse = on_reuse
        self._flights: dict[bytes, _Flight] = {}
        self._hits = self._misses = self._kept = self._away = 0
        self._reused_usage = NO_USAGE

    @property
    def name(self) -> str:
        """The deployment's name."""
        return self._engine.name

    @property
    def capabilities(self) -> EngineCapabilities:
        """What the engine behind can do."""
        return self._engine.capabilities

    def figures(self) -> CacheFigures:
        """Return the running totals of this engine's calls; those that are passed on do not count."""
        return CacheFigures(
            hits=self._hits,
            misses=self._misses,
            kept=self._kept,
            reused_usage=self._reused_usage,
            away=self._away,
        )

    async def generate(self, request: GenerationRequest) -> Completion:
        """Return what is kept, else write the completion and keep it."""
        key = self._key_of(request)
        if key is None:
            return await self._engine.generate(request)
        flight = self._flights.get(key)
        if flight is None:
            flight = self._flights[key] = _Flight()
            flight.task = asyncio.create_task(self._answer(flight, key, request), name="cached call")
        return self._taken(flight, await self._awaited(flight, key))

    async def stream(self, request: GenerationRequest) -> AsyncGenerator[CompletionChunk]:
        """Pass the request on: what is streamed is neither looked up nor kept."""
        async with contextlib.aclosing(self._engine.stream(request)) as chunks:
            async for chunk in chunks:
                yield chunk

    async def check(self) -> None:
        """Raise what a request would meet at the engine behind."""
        await self._engine.check()

    async def aclose(self) -> None:
        """Return when all that was answered is kept; leaves the engine behind as it is, for it may serve others."""
        keeping = {flight.task for flight in self._flights.values() if flight.is_answered}
        if keeping:
            await asyncio.wait(keeping)

    def _key_of(self, request: GenerationRequest) -> bytes | None:
        if request.parameters.seed is None and not self._caches_unseeded:
            return None
        try:
            return call_key(request, engine=self._engine.name)
        except (TypeError, ValueError, OverflowError, RecursionError):
            return None

    async def _awaited(self, flight: _Flight, key: bytes) -> Completion:
        flight.askers += 1
        try:
            return await asyncio.shield(flight.task)
        except asyncio.CancelledError:
            if flight.askers == 1 and not flight.is_answered and not flight.task.done():
                self._flights.pop(key, None)
                flight.task.cancel()
                await asyncio.wait({flight.task})
            raise
        finally:
            flight.askers -= 1

    def _taken(self, flight: _Flight, completion: Completion) -> Completion:
        if not flight.is_free:
            flight.is_free = True
            return completion
        self._hits += 1
        self._reused_usage = self._reused_usage.plus(completion.usage)
        reused = dataclasses.replace(completion, attempts=0)
        if self._on_reuse is not None:
            self._on_reuse(reused)
        return reused

    async def _answer(self, flight: _Flight, key: bytes, request: GenerationRequest) -> Completion:
        try:
            if (found := await self._found(key)) is not None:
                flight.is_free = True
                return found
            self._misses += 1
            completion = await self._engine.generate(request)
            flight.is_answered = True
            if is_whole(completion):
                await self._keep(key, completion)
            return completion
        finally:
            if self._flights.get(key) is flight:
                del self._flights[key]

    async def _found(self, key: bytes) -> Completion | None:
        try:
            return await self._keeper.find(key)
        except TextNLPError as error:
            self._count_away(error)
            return None

    async def _keep(self, key: bytes, completion: Completion) -> None:
        try:
            await self._keeper.keep(key, completion)
        except TextNLPError as error:
            self._count_away(error)
        else:
            self._kept += 1

    def _count_away(self, error: TextNLPError) -> None:
        if error.kind is not ErrorKind.UNAVAILABLE:
            raise error
        self._away += 1
