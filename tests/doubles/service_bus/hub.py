"""What the connections of one double share."""

from typing import TYPE_CHECKING

from tests.doubles.service_bus.broker import Broker
from tests.doubles.service_bus.faults import Faults, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.doubles.service_bus.connection import BrokerConnection
    from tests.doubles.service_bus.delivering import Delivering

MAX_MESSAGE_BYTES = 1_048_576
"""What a Premium namespace takes as one message or batch, unless large messages are allowed."""


class Hub:
    """The broker, the faults, the connections, and the links that wait for messages."""

    def __init__(self, broker: Broker) -> None:
        self.broker = broker
        self.faults = Faults()
        self.max_message_bytes = MAX_MESSAGE_BYTES
        self.connections: set[BrokerConnection] = set()
        self.requests: list[str] = []
        self.attached: list[str] = []
        self.tokens: list[str] = []
        self._waiting: dict[str, list[Delivering]] = {}
        self._changed: set[str] = set()
        self.save: Callable[[], None] = lambda: None
        broker.changed = self._changed.add

    def save_changes(self) -> None:
        """Have saved what happened, as `save` does it, before anybody is told of it."""
        if self.broker.is_unsaved:
            self.broker.is_unsaved = False
            self.save()

    def start_delivering(self, one: "Delivering") -> None:
        """Remember a link that receives, once it has its session where it needs one."""
        one.open()
        self.attached.append(one.entity.name)
        self._waiting.setdefault(one.entity.name, []).append(one)

    def stop_delivering(self, one: "Delivering") -> None:
        """Forget a link that receives, and give up its session."""
        waiting = self._waiting.get(one.entity.name, [])
        if one in waiting:
            waiting.remove(one)
        one.give_up_session()

    def settle_down(self) -> None:
        """Let happen what is due, and hand messages to those who wait, each connection's bytes included."""
        self.broker.sweep()
        for holder in self.broker.sessions.pop_ended():
            self._end_session(holder)
        while self._changed:
            name = self._changed.pop()
            for one in list(self._waiting.get(name, [])):
                one.pump()
        for waiting in list(self._waiting.values()):
            for one in list(waiting):
                one.give_up_waiting()
        for connection in list(self.connections):
            connection.flush()

    def detach_all(self, condition: str, description: str, *, entity: str | None = None) -> int:
        """Close every link to messages, or those of one entity; return how many."""
        count = 0
        for connection in list(self.connections):
            for link in list(connection.links()):
                address = str((link.source if link.is_sender else link.target).address or "").lower()
                is_messages = not address.endswith("$cbs") and not address.endswith("$management")
                if is_messages and (entity is None or address.endswith("/" + entity) or address == entity):
                    connection.detach(link, Refusal(condition, description))
                    count += 1
            connection.flush()
        return count

    def _end_session(self, holder: object) -> None:
        for waiting in self._waiting.values():
            for one in list(waiting):
                if one is holder:
                    refusal = Refusal("com.microsoft:session-lock-lost", "The session lock has expired.")
                    one.connection.detach(one.link, refusal)
