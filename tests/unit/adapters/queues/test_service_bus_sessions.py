import asyncio
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any, Self, cast

from azure.servicebus.exceptions import OperationTimeoutError

from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.queues.service_bus_receive import ReceiveTimes
from textnlp.adapters.queues.service_bus_sessions import ServiceBusSessions


class Receiver:
    """A link to a session, or one that finds none."""

    def __init__(self, session_id: str | None) -> None:
        self.session = SimpleNamespace(session_id=session_id)

    async def __aenter__(self) -> Self:
        if self.session.session_id is None:
            raise OperationTimeoutError
        return self

    async def close(self) -> None:
        pass


class Links:
    """Gives the sessions that are free, in order."""

    def __init__(self, *free: str) -> None:
        self._free = list(free)

    async def make_receiver(self, _entity: str, **_: object) -> Receiver:
        return Receiver(self._free.pop(0) if self._free else None)

    async def call(self, operation: Callable[[], Awaitable[bool]], **_: object) -> bool:
        return await operation()


class Receiving:
    """Finds one message in each session, and after that nothing; one session may take its time."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.slow: str | None = None
        self.is_asked = asyncio.Event()
        self.may_answer = asyncio.Event()

    async def look(self, receiver: Receiver, **_: object) -> list[str]:
        name = receiver.session.session_id
        if name == self.slow:
            self.is_asked.set()
            await self.may_answer.wait()
        if name in self.seen:
            return []
        self.seen.append(name)
        return [name]


async def test_a_session_that_another_receive_gave_up_meanwhile_is_passed_over() -> None:
    receiving, held = Receiving(), {"a", "b"}

    def holds_session(_entity: str, session_id: str) -> bool:
        return session_id in held

    sessions = ServiceBusSessions(
        cast("Any", Links("a", "b")),
        cast("Any", receiving),
        cast("Any", SimpleNamespace(holds_session=holds_session)),
        clock=SystemClock(),
        times=ReceiveTimes(look_seconds=0.0),
    )

    async def receive() -> list[Any]:
        return list(await sessions.receive("orders", count=1, wait_seconds=0, session_id=None))

    async with asyncio.timeout(10):
        assert [await receive(), await receive()] == [["a"], ["b"]]
        held.clear()
        receiving.slow = "a"
        slow = asyncio.create_task(receive())
        await receiving.is_asked.wait()
        assert await receive() == []
        receiving.may_answer.set()
        assert await slow == []
    await sessions.aclose()
