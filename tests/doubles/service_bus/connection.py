"""One client's connection: bytes in and out of proton's AMQP engine, and what its events mean to the broker."""

import asyncio
import time
from collections.abc import Callable, Iterator
from typing import Any

from proton import Collector, Connection, Delivery, Event, Link, Session, Transport, symbol, ulong

from tests.doubles.service_bus.delivering import Delivering, condition, is_closed, refuse_attach
from tests.doubles.service_bus.faults import DETACH_FORCED, Refusal, busy
from tests.doubles.service_bus.hub import Hub
from tests.doubles.service_bus.names import CBS, MANAGEMENT, entity_name
from tests.doubles.service_bus.requests import answer_request
from tests.doubles.service_bus.taking import take_in

_CREDIT = 500
_MAX_BATCH = symbol("com.microsoft:max-message-batch-size")
_FRAME_BYTES = 65_536


class BrokerConnection(asyncio.Protocol):
    """Speaks AMQP with one client."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self._engine = Transport(Transport.SERVER)
        self._engine.max_frame_size = _FRAME_BYTES
        self._engine.sasl().allowed_mechs("ANONYMOUS")
        self._connection = Connection()
        self._collector = Collector()
        self._connection.collect(self._collector)
        self._engine.bind(self._connection)
        self._socket: asyncio.Transport | None = None
        self.delivering: dict[str, Delivering] = {}
        self._partial: dict[str, bytearray] = {}
        self._handlers: dict[Any, Callable[[Any], None]] = {
            Event.CONNECTION_REMOTE_OPEN: lambda event: event.connection.open(),
            Event.CONNECTION_REMOTE_CLOSE: lambda event: event.connection.close(),
            Event.SESSION_REMOTE_OPEN: lambda event: event.session.open(),
            Event.SESSION_REMOTE_CLOSE: lambda event: event.session.close(),
            Event.LINK_REMOTE_OPEN: lambda event: self._open_link(event.link),
            Event.LINK_REMOTE_CLOSE: lambda event: self._close_link(event.link),
            Event.LINK_REMOTE_DETACH: lambda event: self._close_link(event.link),
            Event.LINK_FLOW: lambda event: self._flow(event.link),
            Event.DELIVERY: lambda event: self._delivery(event.delivery),
        }

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin, with bytes that proton may have to send first."""
        assert isinstance(transport, asyncio.Transport)
        self._socket = transport
        self.hub.connections.add(self)
        self.flush()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  asyncio gives it  # noqa: ARG002  asyncio gives it
        """Give up the sessions of the client; its messages stay locked until their locks end."""
        self._socket = None
        self.hub.connections.discard(self)
        for one in list(self.delivering.values()):
            self.hub.stop_delivering(one)
        self.delivering.clear()

    def data_received(self, data: bytes) -> None:
        """Take in what the client sent, and answer."""
        self.hub.broker.sweep()
        while data:
            room = self._engine.capacity()
            if room <= 0:
                break
            self._engine.push(data[:room])
            data = data[room:]
            self._handle_events()
        self.hub.settle_down()
        self.flush()

    def flush(self) -> None:
        """Send what there is to send."""
        self._handle_events()
        self.hub.save_changes()
        self._engine.tick(time.monotonic())
        while self._socket is not None and (pending := self._engine.pending()) != 0:
            if pending < 0:
                self._socket.close()
                return
            self._socket.write(self._engine.peek(pending) or b"")
            self._engine.pop(pending)

    def drop(self) -> None:
        """Cut the line without a word."""
        if self._socket is not None:
            self._socket.abort()

    def detach(self, link: Link, refusal: Refusal) -> None:
        """Close a link from this side."""
        link.condition = condition(refusal)
        link.close()
        self._forget(link)

    def links(self, session: Session | None = None) -> Iterator[Link]:
        """Yield the open links, of one session where it is given."""
        link = self._connection.link_head(0)
        while link is not None:
            if (session is None or link.session == session) and not is_closed(link):
                yield link
            link = link.next(0)

    def _handle_events(self) -> None:
        while (event := self._collector.peek()) is not None:
            handler = self._handlers.get(event.type)
            if handler is not None:
                handler(event)
            self._collector.pop()

    def _open_link(self, link: Link) -> None:
        address = str((link.remote_source if link.is_sender else link.remote_target).address or "")
        link.source.address = str(link.remote_source.address or "")
        link.target.address = str(link.remote_target.address or "")
        link.snd_settle_mode, link.rcv_settle_mode = link.remote_snd_settle_mode, link.remote_rcv_settle_mode
        try:
            self._admit(link, entity_name(address))
        except Refusal as refusal:
            refuse_attach(link)
            self.detach(link, refusal)

    def _admit(self, link: Link, name: str) -> None:
        is_message_link = not name.endswith((CBS, MANAGEMENT))
        if is_message_link and self.hub.faults.take("refused_links"):
            raise busy()
        if not is_message_link:
            if name.endswith(MANAGEMENT):
                self.hub.broker.entity(name.removesuffix(MANAGEMENT))
            link.open()
        elif link.is_sender:
            one = Delivering(link, self, entity=self.hub.broker.receivable(name))
            self.delivering[link.name] = one
            self.hub.start_delivering(one)
            return
        else:
            self.hub.broker.require_sendable(name)
            link.max_message_size = self.hub.max_message_bytes
            link.properties = {_MAX_BATCH: ulong(self.hub.max_message_bytes)}
            link.open()
        if link.is_receiver:
            link.flow(_CREDIT)

    def _close_link(self, link: Link) -> None:
        link.close()
        self._forget(link)

    def _forget(self, link: Link) -> None:
        one = self.delivering.pop(link.name, None)
        if one is not None:
            self.hub.stop_delivering(one)

    def _flow(self, link: Link) -> None:
        one = self.delivering.get(link.name)
        if one is not None and link.credit > 0 and self.hub.faults.take("detach_on_receive"):
            self.detach(link, Refusal(DETACH_FORCED, "The link was detached by force."))
        elif one is not None:
            one.pump()

    def _delivery(self, delivery: Delivery) -> None:
        link = delivery.link
        if link.is_receiver:
            self._read(link, delivery)
            return
        one = self.delivering.get(link.name)
        if one is not None and delivery.updated and delivery.remote_state:
            one.settle(delivery)
        elif delivery.settled:
            delivery.settle()

    def _read(self, link: Link, delivery: Delivery) -> None:
        if not delivery.readable:
            return
        buffer = self._partial.setdefault(link.name, bytearray())
        buffer += link.recv(delivery.pending) or b""
        if delivery.partial:
            return
        raw = bytes(self._partial.pop(link.name))
        link.advance()
        if link.credit < _CREDIT // 2:
            link.flow(_CREDIT // 2)
        name = entity_name(str(link.target.address or ""))
        if name.endswith((CBS, MANAGEMENT)):
            delivery.update(Delivery.ACCEPTED)
            delivery.settle()
            self._answer(link, raw, name)
        else:
            take_in(self.hub, self, delivery, raw, name)

    def _answer(self, link: Link, raw: bytes, name: str) -> None:
        reply = answer_request(self.hub, raw, name)
        for other in self.links(link.session):
            if other.is_sender and entity_name(str(other.source.address or "")) == name:
                other.send(reply).settle()
                return
