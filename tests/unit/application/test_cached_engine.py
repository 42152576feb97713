import asyncio
import dataclasses
import hashlib
from collections.abc import Sequence

import pytest

from tests.factories.memory_platform import CLOCK
from textnlp.adapters.database.memory_call_cache import MemoryCallCache
from textnlp.adapters.engines.scripted import ScriptedEngine, ScriptEntry
from textnlp.application.cached_engine import CachedEngine, call_key
from textnlp.application.keep_calls import CallKeeper
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import (
    Completion,
    FinishReason,
    GenerationRequest,
    Message,
    Parameters,
    Role,
    Usage,
)
from textnlp.domain.generation.reuse import CacheFigures

USAGE = Usage(prompt_tokens=3, completion_tokens=5)
REFUSED = TextNLPError("No.", kind=ErrorKind.RATE_LIMITED)


def completion(text: str = "Yes.", reason: FinishReason = FinishReason.STOP) -> Completion:
    return Completion(text=text, model="m", finish_reason=reason, usage=USAGE, attempts=2)


def request(text: str = "Hello", *, seed: int | None = 7) -> GenerationRequest:
    parameters = Parameters(seed=seed)
    return GenerationRequest(model="m", messages=(Message(Role.USER, text),), parameters=parameters)


def reused(answer: Completion) -> Completion:
    return dataclasses.replace(answer, attempts=0)


class GatedEngine(ScriptedEngine):
    """Answers once it is let; counts those who were cancelled."""

    def __init__(self, *script: ScriptEntry, name: str = "scripted") -> None:
        super().__init__(clock=CLOCK, script=script, name=name)
        self.let = asyncio.Event()
        self.cancelled = 0

    async def generate(self, request: GenerationRequest) -> Completion:
        try:
            await self.let.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        return await super().generate(request)


class SlowCache(MemoryCallCache):
    """Keeps once it is let; may be away."""

    def __init__(self, *, is_away: bool = False) -> None:
        super().__init__(clock=CLOCK, tenant="mine")
        self.let = asyncio.Event()
        self.let.set()
        self.is_away = is_away

    async def find(self, keys: Sequence[bytes]) -> dict[bytes, Completion]:
        self._require_there()
        return await super().find(keys)

    async def keep(self, entries: Sequence[tuple[bytes, Completion]]) -> None:
        await self.let.wait()
        self._require_there()
        await super().keep(entries)

    def _require_there(self) -> None:
        if self.is_away:
            raise TextNLPError("The database is away.", kind=ErrorKind.UNAVAILABLE)


class Calls:
    """An engine behind a cache, and what it was told."""

    def __init__(
        self, *script: ScriptEntry, engine: GatedEngine | None = None, cache: SlowCache | None = None, **options: bool
    ) -> None:
        self.engine = engine or GatedEngine(*script)
        if engine is None:
            self.engine.let.set()
        self.cache = cache or SlowCache()
        self.reused: list[Completion] = []
        self.cached = CachedEngine(
            self.engine,
            keeper=CallKeeper(self.cache, clock=CLOCK),
            on_reuse=self.reused.append,
            **options,
        )

    def ask(self, asked: GenerationRequest | None = None) -> asyncio.Task[Completion]:
        return asyncio.create_task(self.cached.generate(asked or request()))


async def pass_time() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_what_was_asked_once_is_not_asked_again() -> None:
    calls = Calls(completion())
    assert await calls.cached.generate(request()) == completion()
    again = dataclasses.replace(request(), timeout_seconds=1.0)
    assert await calls.cached.generate(again) == reused(completion())
    assert calls.engine.calls == 1
    assert calls.reused == [reused(completion())]
    assert calls.cached.figures() == CacheFigures(hits=1, misses=1, kept=1, reused_usage=USAGE)


async def test_another_engine_over_the_same_cache_has_the_answers() -> None:
    first = Calls(completion())
    await first.cached.generate(request())
    second = Calls(cache=first.cache)
    assert await second.cached.generate(request()) == reused(completion())
    assert second.engine.calls == 0


async def test_one_name_of_a_model_at_two_deployments_is_two_models() -> None:
    here = Calls(completion("here"))
    await here.cached.generate(request())
    elsewhere = GatedEngine(completion("elsewhere"), name="elsewhere")
    elsewhere.let.set()
    there = Calls(engine=elsewhere, cache=here.cache)
    assert await there.cached.generate(request()) == completion("elsewhere")
    assert there.cached.figures().hits == 0


@pytest.mark.parametrize(
    "other",
    [
        request("Bye"),
        request(seed=8),
        dataclasses.replace(request(), model="n"),
        dataclasses.replace(request(), response_schema={"type": "string"}),
        dataclasses.replace(request(), messages=(Message(Role.SYSTEM, "Be brief."), *request().messages)),
    ],
)
async def test_whatever_differs_in_the_payload_is_asked(other: GenerationRequest) -> None:
    calls = Calls()
    await calls.cached.generate(request())
    await calls.cached.generate(other)
    assert calls.engine.calls == 2
    assert calls.cached.figures().hits == 0


@pytest.mark.parametrize("reason", FinishReason)
async def test_only_whole_answers_are_kept(reason: FinishReason) -> None:
    calls = Calls(completion("one", reason), completion("two", reason))
    assert (await calls.cached.generate(request())).text == "one"
    is_kept = reason in {FinishReason.STOP, FinishReason.TOOL_CALLS}
    assert (await calls.cached.generate(request())).text == ("one" if is_kept else "two")
    assert calls.cached.figures().kept == is_kept


async def test_an_error_is_raised_and_not_kept() -> None:
    calls = Calls(REFUSED, completion())
    with pytest.raises(TextNLPError, match="No"):
        await calls.cached.generate(request())
    assert await calls.cached.generate(request()) == completion()
    assert calls.cached.figures() == CacheFigures(misses=2, kept=1)


async def test_unseeded_requests_are_passed_on_where_they_are_not_to_be_kept() -> None:
    calls = Calls(completion("one"), completion("two"), caches_unseeded=False)
    texts = [(await calls.cached.generate(request(seed=None))).text for _ in range(2)]
    assert texts == ["one", "two"]
    await calls.cached.generate(request())
    await calls.cached.generate(request())
    assert calls.cached.figures().hits == 1
    assert (await calls.cache.size()).entries == 1


async def test_unseeded_requests_are_kept_otherwise() -> None:
    calls = Calls(completion())
    await calls.cached.generate(request(seed=None))
    assert await calls.cached.generate(request(seed=None)) == reused(completion())


async def test_a_request_that_is_no_json_reaches_the_engine() -> None:
    calls = Calls(completion(), completion())
    for _ in range(2):
        assert await calls.cached.generate(request("half \ud83d")) == completion()
    assert calls.cached.figures() == CacheFigures()


async def test_equal_requests_at_the_same_time_are_one_call() -> None:
    calls = Calls(completion())
    found = await asyncio.gather(*(calls.cached.generate(request()) for _ in range(9)))
    assert sorted(each.attempts for each in found) == [0] * 8 + [2]
    assert calls.engine.calls == 1
    assert calls.cached.figures().hits == 8


async def test_equal_requests_at_the_same_time_share_the_error() -> None:
    calls = Calls(REFUSED, completion())
    found = await asyncio.gather(*(calls.cached.generate(request()) for _ in range(3)), return_exceptions=True)
    assert found == [REFUSED] * 3


async def test_whoever_leaves_takes_the_answer_from_nobody() -> None:
    calls = Calls(engine=GatedEngine(completion()))
    first, second, third = calls.ask(), calls.ask(), calls.ask()
    await pass_time()
    first.cancel()
    third.cancel()
    await asyncio.wait({first, third})
    calls.engine.let.set()
    assert await second == completion(), "the one who stays pays for the call"
    assert (first.cancelled(), third.cancelled(), calls.engine.cancelled) == (True, True, 0)


async def test_when_all_have_left_the_call_is_cancelled_and_the_next_is_another() -> None:
    calls = Calls(engine=GatedEngine(completion()))
    asking = [calls.ask(), calls.ask()]
    await pass_time()
    for each in asking:
        each.cancel()
    late = calls.ask()
    await asyncio.wait(asking)
    assert [each.cancelled() for each in asking] == [True, True]
    await pass_time()
    calls.engine.let.set()
    assert await late == completion()
    assert calls.engine.cancelled <= 1
    assert calls.engine.calls == 1


async def test_the_last_one_to_leave_frees_what_the_call_held() -> None:
    calls = Calls(engine=GatedEngine())
    asking = calls.ask()
    await pass_time()
    asking.cancel()
    await asyncio.wait({asking})
    assert calls.engine.cancelled == 1


async def test_it_returns_once_the_answer_is_kept() -> None:
    calls = Calls(completion())
    calls.cache.let.clear()
    asking = calls.ask()
    await pass_time()
    assert not asking.done()
    calls.cache.let.set()
    await asking
    assert (await calls.cache.size()).entries == 1


async def test_an_answer_is_kept_even_if_nobody_waits_for_it_any_more() -> None:
    calls = Calls(completion())
    calls.cache.let.clear()
    asking = calls.ask()
    await pass_time()
    asking.cancel()
    await asyncio.wait({asking})
    closing = asyncio.create_task(calls.cached.aclose())
    await pass_time()
    assert not closing.done()
    calls.cache.let.set()
    await closing
    assert (await calls.cache.size()).entries == 1
    await calls.engine.check()


async def test_a_cache_that_is_away_stops_no_call() -> None:
    calls = Calls(completion("one"), completion("two"), cache=SlowCache(is_away=True))
    assert await calls.cached.generate(request("a")) == completion("one")
    assert await calls.cached.generate(request("b")) == completion("two")
    assert calls.cached.figures() == CacheFigures(misses=2, away=4)


async def test_a_cache_that_goes_away_after_the_look_up_stops_no_call() -> None:
    calls = Calls(engine=GatedEngine(completion()))
    asking = calls.ask()
    await pass_time()
    calls.cache.is_away = True
    calls.engine.let.set()
    assert await asking == completion()
    assert calls.cached.figures() == CacheFigures(misses=1, away=1)


async def test_an_error_of_the_cache_that_is_no_absence_is_told() -> None:
    keeper = CallKeeper(MemoryCallCache(clock=CLOCK), clock=CLOCK)
    with pytest.raises(TextNLPError, match="tenant"):
        await CachedEngine(ScriptedEngine(clock=CLOCK), keeper=keeper).generate(request())


async def test_streams_pass_through() -> None:
    calls = Calls()
    for _ in range(2):
        assert [chunk async for chunk in calls.cached.stream(request())]
    assert calls.engine.calls == 2
    assert calls.cached.figures() == CacheFigures()


async def test_it_is_the_engine_behind_in_all_else() -> None:
    calls = Calls()
    assert (calls.cached.name, calls.cached.capabilities) == (calls.engine.name, calls.engine.capabilities)
    await calls.cached.check()
    await calls.engine.aclose()
    with pytest.raises(TextNLPError):
        await calls.cached.check()


async def test_what_is_kept_lies_under_the_hash_of_deployment_and_payload() -> None:
    calls = Calls(completion())
    await calls.cached.generate(request())
    key = call_key(request(), engine=calls.engine.name)
    assert await calls.cache.find([key, hashlib.blake2b(b"", digest_size=16).digest()]) == {key: completion()}
