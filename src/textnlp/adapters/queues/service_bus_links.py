"""The links to a namespace, kept open and used again."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary

from textnlp.adapters.queues.service_bus_address import ServiceBusAddress, open_client
from textnlp.adapters.queues.service_bus_errors import BackOff, attempted
from textnlp.domain.messaging.model import DEAD_LETTER_SUFFIX
from textnlp.ports.clock import Clock

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential
    from azure.servicebus.aio import ServiceBusClient, ServiceBusReceiver, ServiceBusSender

_T = TypeVar("_T")


_LENT_AT_ONCE = 4
"""How many callers at most settle, renew or look at messages of one entity at the same time, each over a link."""


class ServiceBusLinks:
    """Opens links when they are first needed, half a second each, and keeps them until it is closed.

    Each link is used by one caller at a time: two that wait for answers on one link take each other's, and the loser
    waits for a fifth of a second. Whoever needs a link takes one that is idle or opens another. The library opens a
    link again that was detached, at the next call.
    """

    def __init__(
        self,
        address: ServiceBusAddress,
        *,
        clock: Clock,
        credential: "AsyncTokenCredential | None" = None,
        back_off: BackOff | None = None,
        read_seconds: float = 0.05,
    ) -> None:
        """Connect to nothing yet; `credential`, which is closed with the links, is for an address without a key.

        `read_seconds` is how long the library reads a receiver's socket before it looks at the time again, and so
        what a receive that got less than it asked for may take longer; its own 0.2 seconds would be felt.
        """
        self._address = address
        self._clock = clock
        self._credential = credential
        self._back_off = back_off or BackOff()
        self._read_seconds = read_seconds
        self._client: ServiceBusClient | None = None
        self._closing = contextlib.AsyncExitStack()
        self._senders: dict[str, tuple[ServiceBusSender, asyncio.Lock]] = {}
        self._idle: dict[str, list[ServiceBusReceiver]] = {}
        self._receivers: set[ServiceBusReceiver] = set()
        self._session_locks: WeakKeyDictionary[ServiceBusReceiver, asyncio.Lock] = WeakKeyDictionary()
        self._gates: dict[str, asyncio.Semaphore] = {}
        self._opening = asyncio.Lock()

    async def call(self, call: Callable[[], Awaitable[_T]], *, what: str) -> _T:
        """Make a call to the service, more than once where that can help; see `attempted`."""
        return await attempted(call, what=what, clock=self._clock, back_off=self._back_off)

    @contextlib.asynccontextmanager
    async def sender(self, entity: str) -> "AsyncGenerator[ServiceBusSender]":
        """Lend the sender of a queue or topic."""
        client = await self.client()
        if entity not in self._senders:
            # A queue and a topic are opened alike: both are a name that is sent to.
            self._senders[entity] = client.get_queue_sender(entity), asyncio.Lock()
        sender, lock = self._senders[entity]
        async with lock:
            yield sender

    @contextlib.asynccontextmanager
    async def receiver(self, entity: str) -> "AsyncGenerator[ServiceBusReceiver]":
        """Lend a receiver of an entity to somebody who receives, for as long as he waits."""
        idle = self._idle.setdefault(entity, [])
        receiver = idle.pop() if idle else await self._new_receiver(entity)
        try:
            yield receiver
        finally:
            await stop_credit(receiver)
            idle.append(receiver)

    @contextlib.asynccontextmanager
    async def settler(
        self, entity: str, *, came_through: "ServiceBusReceiver | None" = None
    ) -> "AsyncGenerator[ServiceBusReceiver]":
        """Lend a receiver for a short while: the one that a message came through where it is idle, else another.

        Any receiver of the entity can settle and renew; the messages of a session only the one that has the session.
        """
        if came_through is not None and has_session(came_through):
            async with self._session_locks.setdefault(came_through, asyncio.Lock()):
                yield came_through
            return
        async with self._gates.setdefault(entity, asyncio.Semaphore(_LENT_AT_ONCE)):
            idle = self._idle.setdefault(entity, [])
            if came_through in idle:
                # The receiver that is lent next is the last of the list.
                idle.remove(came_through)
                idle.append(came_through)
            async with self.receiver(entity) as receiver:
                yield receiver

    async def client(self) -> "ServiceBusClient":
        """Return the client, made at the first call."""
        async with self._opening:
            if self._client is None:
                self._client = await open_client(self._address, credential=self._credential, closing=self._closing)
            return self._client

    async def make_receiver(self, entity: str, **session: Any) -> "ServiceBusReceiver":
        """Make a receiver of an entity or of a session of it, without connecting; the caller closes it."""
        return _open_receiver(await self.client(), entity, socket_timeout=self._read_seconds, **session)

    async def aclose(self) -> None:
        """Close every link at once; closing twice is harmless."""
        senders = [sender for sender, _ in self._senders.values()]
        receivers, client, self._client = self._receivers, self._client, None
        self._senders, self._idle, self._receivers = {}, {}, set()
        await asyncio.gather(*(each.close() for each in [*senders, *receivers]), return_exceptions=True)
        if client is not None:
            await client.close()
        await self._closing.aclose()

    async def _new_receiver(self, entity: str) -> "ServiceBusReceiver":
        receiver = await self.make_receiver(entity)
        self._receivers.add(receiver)
        try:
            await self.call(receiver.__aenter__, what=f"entity '{entity}'")
        except BaseException:
            self._receivers.discard(receiver)
            raise
        await stop_credit(receiver)
        return receiver


def _open_receiver(client: "ServiceBusClient", entity: str, **more: Any) -> "ServiceBusReceiver":
    """Make a receiver of a queue, a `topic/subscription`, or the dead-letter queue of either, without connecting."""
    from azure.servicebus import ServiceBusSubQueue  # noqa: PLC0415  an extra

    options: dict[str, Any] = {"await_settlement_outcome": True, **more}
    name = entity.removesuffix(DEAD_LETTER_SUFFIX)
    if name != entity:
        options["sub_queue"] = ServiceBusSubQueue.DEAD_LETTER
    topic, _, subscription = name.partition("/")
    if subscription:
        return client.get_subscription_receiver(topic, subscription, **options)
    return client.get_queue_receiver(name, **options)


def has_session(receiver: "ServiceBusReceiver") -> bool:
    """Whether a receiver has a session; the library declares that every one has."""
    session: Any = receiver.session
    return session is not None


async def stop_credit(receiver: "ServiceBusReceiver") -> None:
    """Tell the broker to deliver nothing more to a link until the next receive.

    The library leaves the credit of a receive that got less than it asked for, and the one message that it asks for
    when it opens a link: the broker would go on locking messages for a process that is busy with others, which gives
    them back only some seconds later. The library has no call for this; where its insides should once look
    different, that is what happens.
    """
    link = getattr(getattr(receiver, "_handler", None), "_link", None)
    flow = getattr(link, "flow", None)
    if flow is not None and getattr(link, "current_link_credit", 0) > 0:
        with contextlib.suppress(Exception):  # a link that is gone has no credit
            await flow(link_credit=0, drain=True)
