import asyncio
import contextlib
import itertools
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from tests.contract.job_queue_cases import (
    EVERYTHING,
    LOCK_SECONDS,
    OF_SERVICE_BUS,
    Capabilities,
    QueueOpener,
    message,
    queue_opener,
)
from tests.contract.job_queue_model import ModelMessage, ModelQueue
from tests.contract.service_bus_bench import START, service_bus_bench
from tests.doubles.clock import ManualClock
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.messaging.model import ReceivedMessage, dead_letter_entity

ORDERS = "orders"
DEAD = dead_letter_entity(ORDERS)

_SECONDS = st.sampled_from([1, 5, LOCK_SECONDS - 1, LOCK_SECONDS, 2 * LOCK_SECONDS, 1_000])
_SESSIONS = st.sampled_from([None, None, "a", "b"])
_WHICH = st.integers(0, 20)


class QueueMachine(RuleBasedStateMachine):
    """Does the same to a queue and to the model, and compares everything that can be seen."""

    def __init__(
        self,
        opener: QueueOpener,
        *,
        can: Capabilities = EVERYTHING,
        runner: asyncio.Runner | None = None,
    ) -> None:
        super().__init__()
        self.can = can
        self.is_own_runner = runner is None
        self.runner = runner or asyncio.Runner()
        self.clock = ManualClock(now=START)
        self.model = ModelQueue(renumbers_scheduled=not can.keeps_numbers)
        self.bodies = (f"message {number}" for number in itertools.count())
        self.held: list[tuple[ReceivedMessage, ModelMessage, int]] = []
        self.numbers: dict[int, ModelMessage] = {}
        self.stack = contextlib.AsyncExitStack()
        self.queue = self.run(self.stack.enter_async_context(opener(self.clock)))

    def run(self, call: Any) -> Any:
        return self.runner.run(_await(call))

    def teardown(self) -> None:
        self.run(self.stack.aclose())
        if self.is_own_runner:
            self.runner.close()

    @rule(
        count=st.integers(1, 3),
        message_id=st.sampled_from([None, None, "x", "y"]),
        session=_SESSIONS,
        delay=st.sampled_from([0, 0, 5, 90]),
        ttl=st.sampled_from([None, 3, 70]),
    )
    def send(self, count: int, message_id: str | None, session: str | None, delay: int, ttl: int | None) -> None:
        now = self.clock.now()
        session = session if self.can.mixes_sessions else None
        bodies = [next(self.bodies) for _ in range(count)]
        fields: dict[str, Any] = {"message_id": message_id, "session_id": session, "time_to_live_seconds": ttl}
        if delay:
            fields["scheduled_for"] = now + timedelta(seconds=delay)
        numbers = self.run(self.queue.send(ORDERS, [message(body, **fields) for body in bodies]))
        self.model.settle_down(now)
        expected = [
            self.model.send(body, now, message_id=message_id, session=session, delay=delay, ttl=ttl) for body in bodies
        ]
        if self.can.tells_numbers:
            assert [number > 0 for number in numbers] == [sent is not None for sent in expected]
        told = ((number, sent) for number, sent in zip(numbers, expected, strict=True) if number > 0)
        self.numbers |= {number: sent for number, sent in told if sent is not None}

    @rule(count=st.integers(1, 4), session=_SESSIONS, is_dead=st.booleans())
    def receive(self, count: int, session: str | None, is_dead: bool) -> None:  # noqa: FBT001  hypothesis gives it
        now = self.clock.now()
        session = session if self.can.mixes_sessions else None
        received = self.run(
            self.queue.receive(DEAD if is_dead else ORDERS, max_messages=count, session_id=session),
        )
        self.model.settle_down(now)
        self._expect(received, self.model.receive(now, count, session, is_dead=is_dead))

    @precondition(lambda self: self.held)
    @rule(which=_WHICH, how=st.sampled_from(["complete", "abandon", "defer", "dead_letter", "renew"]))
    def settle(self, which: int, how: str) -> None:
        received, expected, delivery = self.held[which % len(self.held)]
        is_dead = received.entity == DEAD
        if is_dead and how == "dead_letter":
            return
        self.model.settle_down(self.clock.now())
        holds = expected.state == "locked" and expected.deliveries == delivery and self._is_stored(expected, is_dead)
        assert self._settle(received, how) is holds
        if holds:
            self._settle_model(expected, how, is_dead=is_dead)

    @rule()
    def receive_deferred(self) -> None:
        now = self.clock.now()
        self.model.settle_down(now)
        deferred = [m for m in self.model.in_order(is_dead=False) if m.state == "deferred"]
        numbers = [received.sequence_number for received, _, _ in self.held]
        received = self.run(self.queue.receive_deferred(ORDERS, numbers))
        for found in deferred:
            self.model.lock(found, now)
        self._expect(received, deferred)

    @rule()
    def cancel_scheduled(self) -> None:
        self.run(self.queue.cancel_scheduled(ORDERS, list(self.numbers)))
        self.model.settle_down(self.clock.now())
        self.model.live = [m for m in self.model.live if m.state != "scheduled"]

    @rule()
    def resend(self) -> None:
        self.model.settle_down(self.clock.now())
        assert self.run(self.queue.resend_dead_letters(ORDERS)) == self.model.resend(self.clock.now())

    @rule(seconds=_SECONDS)
    def advance(self, seconds: int) -> None:
        self.run(self.clock.advance(seconds))

    @invariant()
    def looks_the_same(self) -> None:
        self.model.settle_down(self.clock.now())
        assert self.run(self.queue.depth(ORDERS)) == self.model.depth()
        for entity, is_dead in ((ORDERS, False), (DEAD, True)):
            seen = self.run(self.queue.peek(entity, max_messages=1_000))
            assert [(m.body.decode(), m.delivery_count, m.dead_letter_reason) for m in seen] == [
                (m.body, m.deliveries, m.reason) for m in self.model.in_order(is_dead=is_dead)
            ]

    def _expect(self, received: list[ReceivedMessage], expected: list[ModelMessage]) -> None:
        assert [m.body.decode() for m in received] == [m.body for m in expected]
        assert [(m.delivery_count, m.locked_until) for m in received] == [(m.deliveries, m.due) for m in expected]
        self.held += [(r, m, m.deliveries) for r, m in zip(received, expected, strict=True)]

    def _is_stored(self, expected: ModelMessage, is_dead: bool) -> bool:  # noqa: FBT001  as the entity
        return expected in (self.model.dead if is_dead else self.model.live)

    def _settle(self, received: ReceivedMessage, how: str) -> bool:
        """Settle a message; tell whether the lock held."""
        calls = {
            "complete": lambda: self.queue.complete([received]),
            "dead_letter": lambda: self.queue.dead_letter(received, reason="told"),
        }
        call = calls.get(how, lambda: getattr(self.queue, how)(received))
        try:
            self.run(call())
        except TextNLPError as error:
            if error.kind is not ErrorKind.CONFLICT:
                raise
            return False
        return True

    def _settle_model(self, expected: ModelMessage, how: str, *, is_dead: bool) -> None:
        if how == "complete":
            (self.model.dead if is_dead else self.model.live).remove(expected)
        elif how == "abandon":
            expected.due = self.clock.now()
        elif how == "defer":
            expected.state, expected.due = "deferred", None
        elif how == "dead_letter":
            self.model.bury(expected, "told")
        else:
            expected.due = self.clock.now() + timedelta(seconds=LOCK_SECONDS)


async def _await(call: Any) -> Any:
    return await call


@pytest.mark.parametrize("adapter", ["memory", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_any_sequence_of_calls_does_what_the_model_does(adapter: str, request: pytest.FixtureRequest) -> None:
    opener = queue_opener(adapter, lambda: request.getfixturevalue("queue_database_url"))
    examples = 100 if adapter == "memory" else 50

    class Machine(QueueMachine):
        def __init__(self) -> None:
            super().__init__(opener)

    _run(Machine, examples=examples, steps=30)


def test_any_sequence_of_calls_does_on_service_bus_what_the_model_does() -> None:
    with asyncio.Runner() as runner:
        stack = contextlib.AsyncExitStack()
        bench = runner.run(stack.enter_async_context(service_bus_bench()))

        class Machine(QueueMachine):
            def __init__(self) -> None:
                super().__init__(bench.queue, can=OF_SERVICE_BUS, runner=runner)

        _run(Machine, examples=6, steps=10)
        runner.run(stack.aclose())


def _run(machine: type[QueueMachine], *, examples: int, steps: int) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
