import asyncio
import itertools

import pytest

from tests.doubles.clock import ManualClock
from textnlp.application.admission_gate import AdmissionGate
from textnlp.domain.admission.limits import DeploymentLimits
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.generation.model import GenerationRequest, Message, Parameters, Role, Usage

REQUEST = GenerationRequest(
    model="m",
    messages=(Message(Role.USER, "x" * 400),),
    parameters=Parameters(max_tokens=100),
)
LATE = 1e9


def failure(kind: ErrorKind, *, retry_after: float | None = None) -> TextNLPError:
    return TextNLPError("It went wrong.", kind=kind, facts=ErrorFacts(retry_after_seconds=retry_after))


def gate_with(clock: ManualClock, **limits: object) -> AdmissionGate:
    return AdmissionGate(limits=DeploymentLimits(**limits), clock=clock, name="stub")  # pyright: ignore[reportArgumentType]


async def test_calls_beyond_the_limit_wait_and_are_served_in_order() -> None:
    clock = ManualClock()
    gate = gate_with(clock, max_concurrency=1)
    first = gate.try_acquire(REQUEST)
    assert first is not None
    order: list[int] = []

    async def call(number: int) -> None:
        slot = await gate.acquire(REQUEST, deadline=LATE)
        order.append(number)
        gate.release_answered(slot, Usage())

    calls = [asyncio.create_task(call(number)) for number in range(3)]
    await asyncio.sleep(0)
    assert order == []
    gate.release_answered(first, Usage())
    await asyncio.gather(*calls)
    assert order == [0, 1, 2]
    gate.close()


async def test_a_newcomer_does_not_overtake_who_waits() -> None:
    clock = ManualClock()
    gate = gate_with(clock, max_concurrency=1)
    slot = gate.try_acquire(REQUEST)
    assert slot is not None
    waiting = asyncio.create_task(gate.acquire(REQUEST, deadline=LATE))
    await asyncio.sleep(0)
    gate.release_answered(slot, Usage())
    assert gate.try_acquire(REQUEST) is None
    assert (await waiting).began_at == clock.monotonic()
    gate.close()


async def test_the_requests_of_a_minute_are_spread_over_it() -> None:
    clock = ManualClock()
    gate = gate_with(clock, max_concurrency=1000, requests_per_minute=60)
    began: list[float] = []

    async def call() -> None:
        slot = await gate.acquire(REQUEST, deadline=LATE)
        began.append(clock.monotonic())
        gate.release_answered(slot, Usage())

    calls = [asyncio.create_task(call()) for _ in range(5)]
    await clock.advance(10.0)
    await asyncio.gather(*calls)
    gaps = [later - earlier for earlier, later in itertools.pairwise(began)]
    assert all(0.9 <= gap <= 1.1 for gap in gaps)


async def test_tokens_are_taken_on_an_estimate_and_settled_by_what_was_used() -> None:
    clock = ManualClock()
    gate = gate_with(clock, max_concurrency=10, tokens_per_minute=6000)
    slot = gate.try_acquire(REQUEST)
    assert slot is not None
    assert slot.estimated_tokens == 200
    assert gate.try_acquire(REQUEST) is None
    gate.release_answered(slot, Usage(prompt_tokens=1, completion_tokens=1))
    assert gate.try_acquire(REQUEST) is not None


async def test_a_deployment_that_refuses_everyone_is_left_alone_for_as_long_as_it_asks() -> None:
    clock = ManualClock()
    gate = gate_with(clock, max_concurrency=8)
    for slot in [gate.try_acquire(REQUEST) for _ in range(8)]:
        assert slot is not None
        gate.release_failed(slot, failure(ErrorKind.RATE_LIMITED, retry_after=5.0))
    waiting = asyncio.create_task(gate.acquire(REQUEST, deadline=LATE))
    await clock.advance(4.9)
    assert not waiting.done()
    assert gate.figures().is_waiting_for_capacity
    await clock.advance(0.2)
    assert waiting.done()
    gate.close()


async def test_a_dead_deployment_is_given_up_after_its_time_with_its_last_error() -> None:
    clock = ManualClock()
    gate = gate_with(clock, max_concurrency=100, give_up_seconds=30.0)
    for _ in range(20):
        slot = gate.try_acquire(REQUEST)
        assert slot is not None
        gate.release_failed(slot, failure(ErrorKind.UNAVAILABLE))
    assert gate.is_broken

    async def keep_probing() -> None:
        while True:
            slot = await gate.acquire(REQUEST, deadline=LATE)
            gate.release_failed(slot, failure(ErrorKind.UNAVAILABLE))

    probing = asyncio.create_task(keep_probing())
    await clock.advance(60.0)
    with pytest.raises(TextNLPError, match=r"stub has not answered for 30 seconds.* It went wrong") as caught:
        await probing
    assert caught.value.kind is ErrorKind.DEPLOYMENT_AWAY
    gate.close()


async def test_who_waits_past_the_deadline_gets_the_last_refusal() -> None:
    clock = ManualClock()
    gate = gate_with(clock, max_concurrency=4)
    for slot in [gate.try_acquire(REQUEST) for _ in range(4)]:
        assert slot is not None
        gate.release_failed(slot, failure(ErrorKind.RATE_LIMITED, retry_after=500.0))
    waiting = asyncio.create_task(gate.acquire(REQUEST, deadline=clock.monotonic() + 10.0))
    await clock.advance(10.2)
    with pytest.raises(TextNLPError, match="It went wrong"):
        await waiting
    gate.close()


async def test_hanging_calls_do_not_starve_the_others() -> None:
    clock = ManualClock()
    gate = gate_with(clock, max_concurrency=2)
    quick = gate.try_acquire(REQUEST)
    assert quick is not None
    await clock.advance(0.1)
    gate.release_answered(quick, Usage())
    hanging = [gate.try_acquire(REQUEST) for _ in range(2)]
    assert None not in hanging
    waiting = asyncio.create_task(gate.acquire(REQUEST, deadline=LATE))
    await clock.advance(0.9)
    assert not waiting.done()
    await clock.advance(0.3)
    assert waiting.done()
    assert gate.figures().in_flight == 3
    gate.close()


async def test_a_caller_that_gives_up_while_waiting_leaves_the_queue() -> None:
    clock = ManualClock()
    gate = gate_with(clock, max_concurrency=1)
    slot = gate.try_acquire(REQUEST)
    assert slot is not None
    waiting = asyncio.create_task(gate.acquire(REQUEST, deadline=LATE))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    gate.release_cancelled(slot)
    assert gate.try_acquire(REQUEST) is not None


async def test_a_caller_cancelled_in_the_moment_it_is_let_in_gives_its_slot_back() -> None:
    clock = ManualClock()
    gate = gate_with(clock, max_concurrency=1)
    slot = gate.try_acquire(REQUEST)
    assert slot is not None
    waiting = asyncio.create_task(gate.acquire(REQUEST, deadline=LATE))
    await asyncio.sleep(0)
    gate.release_answered(slot, Usage())
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert gate.figures().in_flight == 0
    assert gate.try_acquire(REQUEST) is not None


async def test_who_has_little_patience_waits_behind_others_but_not_for_a_deployment_that_is_away() -> None:
    clock = ManualClock()
    gate = gate_with(clock, max_concurrency=20)
    slots = [gate.try_acquire(REQUEST) for _ in range(20)]
    patient = [asyncio.create_task(gate.acquire(REQUEST, deadline=LATE)) for _ in range(30)]
    await asyncio.sleep(0)
    impatient = asyncio.create_task(gate.acquire(REQUEST, deadline=LATE, patience_seconds=2.0))
    await clock.advance(10.0)
    assert not impatient.done()
    for slot in slots:
        assert slot is not None
        gate.release_failed(slot, failure(ErrorKind.UNAVAILABLE))
    assert gate.wait_seconds(2.0) > 0
    await clock.advance(0.1)
    with pytest.raises(TextNLPError, match="It went wrong"):
        await impatient
    assert not any(waiting.done() for waiting in patient[20:])
    gate.close()


async def test_a_short_wait_is_borne_and_a_long_one_is_refused_at_once() -> None:
    clock = ManualClock()
    gate = gate_with(clock, max_concurrency=4)
    for slot in [gate.try_acquire(REQUEST) for _ in range(4)]:
        assert slot is not None
        gate.release_failed(slot, failure(ErrorKind.RATE_LIMITED, retry_after=10.0))
    assert gate.wait_seconds(2.0) == pytest.approx(10.0)
    with pytest.raises(TextNLPError) as caught:
        await gate.acquire(REQUEST, deadline=LATE, patience_seconds=2.0)
    assert caught.value.kind is ErrorKind.RATE_LIMITED
    await clock.advance(8.5)
    assert gate.wait_seconds(2.0) == 0
    waiting = asyncio.create_task(gate.acquire(REQUEST, deadline=LATE, patience_seconds=2.0))
    await clock.advance(1.6)
    assert waiting.done()
    gate.close()
