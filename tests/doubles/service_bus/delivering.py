"""A link that a client receives through: credit, sessions, deliveries and what becomes of them."""

import asyncio
import time
from typing import TYPE_CHECKING, Any

from proton import Condition, Delivery, Described, Endpoint, Link, Terminus, symbol

from tests.doubles.service_bus.broker import Broker
from tests.doubles.service_bus.entity import Entity, StoredMessage
from tests.doubles.service_bus.faults import DETACH_FORCED, Refusal
from tests.doubles.service_bus.outgoing import encoded_message

if TYPE_CHECKING:
    from tests.doubles.service_bus.connection import BrokerConnection

_SESSION_FILTER = symbol("com.microsoft:session-filter")
_TIMEOUT = symbol("com.microsoft:timeout")
_LOCKED_UNTIL = symbol("com.microsoft:locked-until-utc")
_TICKS_BEFORE_1970 = 621_355_968_000_000_000
_TICKS_A_SECOND = 10_000_000
_SETTLED = 1
_DEFAULT_SESSION_WAIT_SECONDS = 60.0


class Delivering:
    """Hands messages of one entity, or of one session of it, to a client that has given credit."""

    def __init__(self, link: Link, connection: "BrokerConnection", *, entity: Entity) -> None:
        self.link = link
        self.connection = connection
        self.entity = entity
        self.session_id: str | None = None
        self._hub = connection.hub
        self._filters = _filters(link)
        self._give_up_at = time.monotonic() + _wait_seconds(link)

    @property
    def _broker(self) -> Broker:
        return self._hub.broker

    @property
    def is_waiting_for_session(self) -> bool:
        """Whether the client asked for the next free session and there is none yet."""
        return self.entity.terms.requires_session and self.session_id is None

    def open(self) -> None:
        """Answer the attach, now or when there is a session; raise `Refusal` where the link does not fit."""
        if not self.entity.terms.requires_session:
            if _SESSION_FILTER in self._filters:
                raise Refusal("amqp:not-allowed", f"The entity '{self.entity.name}' does not require sessions.")
            self.link.open()
            return
        if _SESSION_FILTER not in self._filters:
            raise Refusal("amqp:not-allowed", f"The entity '{self.entity.name}' requires sessions.")
        wanted = self._filters[_SESSION_FILTER]
        wanted = wanted.value if isinstance(wanted, Described) else wanted
        if wanted is not None:
            self._accept(str(wanted))
        else:
            self._accept_next()

    def pump(self) -> None:
        """Deliver as much as there is credit for."""
        if is_closed(self.link):
            return
        if self.is_waiting_for_session:
            self._accept_next()
            return
        while self.link.credit > 0:
            message = self._broker.lock_next(self.entity, self.session_id)
            if message is None:
                break
            self._deliver(message)
        if self.link.drain_mode:
            self.link.drained()

    def settle(self, delivery: Delivery) -> None:
        """Do what the client wants done with a delivery, and answer, later where answers are slow."""
        if self._hub.faults.take("detach_on_settle"):
            self.connection.detach(self.link, Refusal(DETACH_FORCED, "The link was detached by force."))
            return
        seconds = self._hub.faults.settle_delay_seconds
        if seconds:
            asyncio.get_running_loop().call_later(seconds, self._settle_late, delivery)
        else:
            self._settle(delivery)

    def give_up_waiting(self) -> None:
        """Refuse a client that has waited for a session for as long as it said."""
        if self.is_waiting_for_session and time.monotonic() >= self._give_up_at:
            refuse_attach(self.link)
            self.connection.detach(self.link, Refusal("com.microsoft:timeout", "No session became available."))

    def give_up_session(self) -> None:
        """Release the session and the messages of it that this link still held."""
        if self.session_id is None:
            return
        for message in list(self.entity.messages.values()):
            if message.token is not None and message.content.session_id == self.session_id:
                self._broker.abandon(self.entity, message.token)
        self._broker.sessions.release(self)
        self.session_id = None
        self._broker.changed(self.entity.name)

    def _accept_next(self) -> None:
        sessions = self._broker.sessions
        for session_id in self.entity.ready_sessions():
            if sessions.is_free(self.entity.name, session_id):
                self._accept(session_id)
                return

    def _accept(self, session_id: str) -> None:
        seconds = self.entity.terms.lock_seconds
        until = self._broker.sessions.accept(self.entity.name, session_id, holder=self, seconds=seconds)
        self.session_id = session_id
        self.link.source.filter.put_dict({_SESSION_FILTER: session_id})
        self.link.properties = {_LOCKED_UNTIL: _TICKS_BEFORE_1970 + int(until.timestamp() * _TICKS_A_SECOND)}
        self.link.open()

    def _deliver(self, message: StoredMessage) -> None:
        token = str(message.token)
        delivery = self.link.delivery(token)
        self.link.stream(encoded_message(message, is_locked=True))
        self.link.advance()
        if self.link.snd_settle_mode == _SETTLED:
            delivery.settle()
            self._broker.complete(self.entity, token)

    def _settle_late(self, delivery: Delivery) -> None:
        if not is_closed(self.link):
            self._settle(delivery)
            self._hub.settle_down()

    def _settle(self, delivery: Delivery) -> None:
        try:
            self._apply(delivery)
        except Refusal as refusal:
            delivery.local.condition = condition(refusal)
            delivery.update(Delivery.REJECTED)
        else:
            delivery.update(delivery.remote_state)
        delivery.settle()

    def _apply(self, delivery: Delivery) -> None:
        token, state = delivery.tag, delivery.remote_state
        if state == Delivery.ACCEPTED:
            is_lost = self._hub.faults.take("lost_settlements")
            (self._broker.abandon if is_lost else self._broker.complete)(self.entity, token)
        elif state == Delivery.RELEASED:
            self._broker.release(self.entity, token)
        elif state == Delivery.REJECTED:
            told: Any = delivery.remote.condition
            info: dict[Any, Any] = (told.info if told is not None else None) or {}
            reason, text = info.get("DeadLetterReason"), info.get("DeadLetterErrorDescription")
            self._broker.dead_letter(self.entity, token, reason, text)
        elif delivery.remote.undeliverable:
            self._broker.defer(self.entity, token)
        else:
            self._broker.abandon(self.entity, token)


def is_closed(link: Link) -> bool:
    """Whether this side has closed a link."""
    closed: int = getattr(Endpoint, "LOCAL_CLOSED")  # noqa: B009  proton leaves its constants untyped
    return bool(link.state & closed)


def refuse_attach(link: Link) -> None:
    """Answer an attach without the terminus that was asked for, which announces that the link is closed next."""
    terminus = link.source if link.is_sender else link.target
    terminus.type = getattr(Terminus, "UNSPECIFIED")  # noqa: B009  proton leaves its constants untyped
    link.open()


def condition(refusal: Refusal) -> Condition:
    """Write a refusal as AMQP says it, with information, which the library reads without asking whether it is there."""
    return Condition(refusal.condition, refusal.description, {symbol("com.microsoft:tracking-id"): "double"})


def _filters(link: Link) -> dict[Any, Any]:
    data = link.remote_source.filter
    data.rewind()
    return (data.get_dict() if data.next() else None) or {}


def _wait_seconds(link: Link) -> float:
    properties: Any = link.remote_properties
    told: Any = properties.get(_TIMEOUT) if properties else None
    return _DEFAULT_SESSION_WAIT_SECONDS if told is None else int(told) / 1000
