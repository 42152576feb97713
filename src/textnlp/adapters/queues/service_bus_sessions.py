"""Receiving from entities that require sessions, one session a link."""

import asyncio
from typing import TYPE_CHECKING, Any

from textnlp.adapters.queues.service_bus_holds import ServiceBusHolds
from textnlp.adapters.queues.service_bus_links import ServiceBusLinks, stop_credit
from textnlp.adapters.queues.service_bus_receive import ReceiveTimes, ServiceBusReceiving
from textnlp.domain.errors import TextNLPError
from textnlp.domain.messaging.model import ReceivedMessage
from textnlp.ports.clock import Clock

if TYPE_CHECKING:
    from azure.servicebus.aio import ServiceBusReceiver


class ServiceBusSessions:
    """Keeps a session while messages of it are held, and gives it up when it is found empty.

    Service Bus lets one receiver at a time have a session, and gives it all of its messages; here a session yields
    nothing more while an earlier message of it is held, as the port says.
    """

    def __init__(
        self,
        links: ServiceBusLinks,
        receiving: ServiceBusReceiving,
        holds: ServiceBusHolds,
        *,
        clock: Clock,
        times: ReceiveTimes,
    ) -> None:
        self._links = links
        self._receiving = receiving
        self._holds = holds
        self._clock = clock
        self._times = times
        self._open: dict[tuple[str, str], ServiceBusReceiver] = {}
        self._busy: set[tuple[str, str]] = set()
        self._closing: set[asyncio.Task[None]] = set()

    async def receive(
        self, entity: str, *, count: int, wait_seconds: float, session_id: str | None
    ) -> list[ReceivedMessage]:
        """Lock and return up to `count` messages of one session; wait only while there is none at all."""
        deadline = self._clock.monotonic() + wait_seconds
        while True:
            remaining = deadline - self._clock.monotonic()
            messages = await self._look(entity, count=count, session_id=session_id, seconds=remaining)
            if messages or remaining <= 0:
                return messages

    async def aclose(self) -> None:
        """Give up every session."""
        receivers = list(self._open.values())
        self._open.clear()
        await asyncio.gather(*(one.close() for one in receivers), *self._closing, return_exceptions=True)

    async def _look(self, entity: str, *, count: int, session_id: str | None, seconds: float) -> list[ReceivedMessage]:
        for key in [key for key in self._open if key[0] == entity and session_id in {None, key[1]}]:
            # Another receive may have given it up since.
            if key not in self._open or key in self._busy or self._holds.holds_session(*key):
                continue
            messages = await self._look_at(key, count=count)
            if messages:
                return messages
        if session_id is not None and (entity, session_id) in self._open:
            await self._clock.sleep(min(self._times.look_seconds, max(seconds, 0.0)))
            return []
        seconds = max(self._times.look_seconds, min(seconds, self._times.slice_seconds))
        found = await self._accept(entity, session_id=session_id, seconds=seconds)
        return [] if found is None else await self._look_at(found, count=count)

    async def _look_at(self, key: tuple[str, str], *, count: int) -> list[ReceivedMessage]:
        """Receive from a session that is held; give it up where it has nothing or is lost."""
        receiver = self._open[key]
        self._busy.add(key)
        try:
            messages = await self._receiving.look(
                receiver, entity=key[0], count=count, seconds=self._times.look_seconds
            )
            await stop_credit(receiver)
        except TextNLPError:
            messages = []
        finally:
            self._busy.discard(key)
        if not messages:
            self._give_up(key)
        return messages

    async def _accept(self, entity: str, *, session_id: str | None, seconds: float) -> tuple[str, str] | None:
        """Lock a session, the next that is free where none is named; None where there is none within the time."""
        from azure.servicebus import NEXT_AVAILABLE_SESSION  # noqa: PLC0415  an extra
        from azure.servicebus.exceptions import OperationTimeoutError, SessionCannotBeLockedError  # noqa: PLC0415

        wanted: Any = session_id or NEXT_AVAILABLE_SESSION
        receiver = await self._links.make_receiver(entity, session_id=wanted, max_wait_time=seconds)

        async def accept() -> bool:
            try:
                await receiver.__aenter__()
            except (OperationTimeoutError, SessionCannotBeLockedError):
                return False
            return True

        if not await self._links.call(accept, what=f"entity '{entity}'"):
            self._close(receiver)
            return None
        session: Any = receiver.session
        key = (entity, str(session.session_id))
        self._open[key] = receiver
        return key

    def _give_up(self, key: tuple[str, str]) -> None:
        if (receiver := self._open.pop(key, None)) is not None:
            self._close(receiver)

    def _close(self, receiver: "ServiceBusReceiver") -> None:
        task = asyncio.create_task(_closed(receiver))
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)


async def _closed(receiver: "ServiceBusReceiver") -> None:
    await asyncio.gather(receiver.close(), return_exceptions=True)
