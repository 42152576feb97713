import asyncio
import logging

import pytest

from tests.doubles.clock import ManualClock
from textnlp.application.admission_gate import AdmissionGate
from textnlp.application.server_watch import ServerWatch
from textnlp.domain.admission.limits import DeploymentLimits
from textnlp.domain.admission.server_load import ServerLoad
from textnlp.domain.admission.slots import Slot
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import GenerationRequest, Message, Role, Usage

REQUEST = GenerationRequest(model="m", messages=(Message(Role.USER, "Hi"),))
IDLE = ServerLoad(running=0, waiting=0, cache_use=0.0)


class Server:
    """A load source that counts how often it is read, and fails where it has no load."""

    def __init__(self, load: ServerLoad | None = IDLE) -> None:
        self.load = load
        self.readings = 0

    async def read(self) -> ServerLoad:
        self.readings += 1
        if self.load is None:
            raise TextNLPError("Nobody answers.", kind=ErrorKind.UNAVAILABLE)
        return self.load


def watched(server: Server, clock: ManualClock, *, most: int = 8) -> AdmissionGate:
    watch = ServerWatch(server, clock=clock, name="gpu")
    return AdmissionGate(limits=DeploymentLimits(max_concurrency=most), clock=clock, name="gpu", watch=watch)


def begin(gate: AdmissionGate, calls: int) -> list[Slot]:
    slots = [gate.try_acquire(REQUEST) for _ in range(calls)]
    return [slot for slot in slots if slot is not None]


async def test_a_server_is_read_once_a_second_while_calls_are_in_flight_and_not_otherwise() -> None:
    clock, server = ManualClock(), Server()
    gate = watched(server, clock)
    await clock.advance(5)
    assert server.readings == 0
    slots = begin(gate, 3)
    await clock.advance(2.5)
    assert server.readings == 3
    for slot in slots:
        gate.release_answered(slot, Usage())
    await clock.advance(10)
    assert (server.readings, clock.sleeping) == (3, 0)
    begin(gate, 1)
    await clock.advance(0)
    assert server.readings == 4
    gate.close()


async def test_no_more_calls_are_let_through_than_the_server_begins() -> None:
    clock, server = ManualClock(), Server(ServerLoad(running=4, waiting=4, cache_use=0.9))
    gate = watched(server, clock)
    slots = begin(gate, 8)
    await clock.advance(0)
    assert gate.figures().limit == 4
    gate.release_answered(slots.pop(), Usage())
    assert begin(gate, 1) == []
    for slot in slots[:4]:
        gate.release_answered(slot, Usage())
    assert len(begin(gate, 2)) == 1
    gate.close()


async def test_a_server_that_tells_nothing_is_asked_as_before_and_the_log_says_so_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock, server = ManualClock(), Server(None)
    gate = watched(server, clock)
    with caplog.at_level(logging.WARNING):
        begin(gate, 8)
        await clock.advance(3)
    assert gate.figures().limit == 8
    assert [record.getMessage() for record in caplog.records] == ["The load of gpu cannot be read: Nobody answers."]
    server.load = IDLE
    await clock.advance(1)
    assert gate.watch is not None
    assert gate.watch.load == IDLE
    gate.close()


async def test_those_who_ask_together_cause_one_reading() -> None:
    clock, server = ManualClock(), Server()
    watch = ServerWatch(server, clock=clock, name="gpu")
    await asyncio.gather(*(watch.refresh() for _ in range(5)))
    assert server.readings == 1
    await clock.advance(1)
    await watch.refresh()
    assert server.readings == 2


async def test_a_closed_gate_looks_no_longer() -> None:
    clock, server = ManualClock(), Server()
    gate = watched(server, clock)
    begin(gate, 1)
    await clock.advance(0)
    gate.close()
    await clock.advance(5)
    assert server.readings == 1
