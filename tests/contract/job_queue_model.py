"""What a queue should do, in the plainest words: lists, and a loop over all of them at every step."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.contract.job_queue_cases import LOCK_SECONDS, MAX_DELIVERIES, TTL_SECONDS, WINDOW_SECONDS
from textnlp.domain.messaging.model import QueueDepth


@dataclass(eq=False)
class ModelMessage:
    body: str
    place: int
    session: str | None
    expires: datetime | None
    state: str
    due: datetime | None = None
    deliveries: int = 0
    reason: str | None = None


@dataclass
class ModelQueue:
    """The queue `orders` and its dead letters.

    Attributes:
        renumbers_scheduled: a scheduled message takes its place when it is due, as on Service Bus, not when it is sent.
    """

    live: list[ModelMessage] = field(default_factory=list[ModelMessage])
    dead: list[ModelMessage] = field(default_factory=list[ModelMessage])
    ids: dict[str, datetime] = field(default_factory=dict[str, datetime])
    places: int = 0
    renumbers_scheduled: bool = False

    def send(
        self,
        body: str,
        now: datetime,
        *,
        message_id: str | None,
        session: str | None,
        delay: int,
        ttl: int | None,
    ) -> ModelMessage | None:
        if message_id is not None:
            if self.ids.get(message_id, now) > now:
                return None
            self.ids[message_id] = now + timedelta(seconds=WINDOW_SECONDS)
        start = now + timedelta(seconds=delay)
        message = ModelMessage(
            body=body,
            place=self._next_place(),
            session=session,
            expires=start + timedelta(seconds=min(TTL_SECONDS, ttl or TTL_SECONDS)),
            state="scheduled" if delay else "waiting",
            due=start if delay else None,
        )
        self.live.append(message)
        return message

    def settle_down(self, now: datetime) -> None:
        """Let happen what is due."""
        due = sorted((m for m in self.live if m.due and m.due <= now), key=lambda m: (m.due, m.place))
        for message in due:
            if message.state == "locked" and message.deliveries >= MAX_DELIVERIES:
                self.bury(message, "MaxDeliveryCountExceeded")
            else:
                if message.state == "scheduled" and self.renumbers_scheduled:
                    message.place = self._next_place()
                message.state, message.due = "waiting", None
        expired = [m for m in self.live if m.state != "locked" and m.expires and m.expires <= now]
        for message in sorted(expired, key=lambda m: (m.expires, m.place)):
            self.bury(message, "TTLExpiredException")
        for message in self.dead:
            if message.due and message.due <= now:
                message.state, message.due = "waiting", None

    def bury(self, message: ModelMessage, reason: str) -> None:
        self.live.remove(message)
        message.place = self._next_place()
        message.state, message.due, message.expires, message.reason = "waiting", None, None, reason
        self.dead.append(message)

    def receive(self, now: datetime, count: int, session: str | None, *, is_dead: bool) -> list[ModelMessage]:
        messages = self.dead if is_dead else self.live
        locked = [m for m in messages if m.state == "locked" and m.session is not None]
        free = [
            m
            for m in self.in_order(is_dead=is_dead)
            if m.state == "waiting"
            and (session is None or m.session == session)
            and not any(other.session == m.session and other.place < m.place for other in locked)
        ]
        for message in free[:count]:
            self.lock(message, now)
        return free[:count]

    def lock(self, message: ModelMessage, now: datetime) -> None:
        message.state, message.due = "locked", now + timedelta(seconds=LOCK_SECONDS)
        message.deliveries += 1

    def resend(self, now: datetime) -> int:
        sent = [m for m in self.in_order(is_dead=True) if m.state == "waiting"]
        for message in sent:
            self.dead.remove(message)
            self.live.append(
                ModelMessage(
                    body=message.body,
                    place=self._next_place(),
                    session=message.session,
                    expires=now + timedelta(seconds=TTL_SECONDS),
                    state="waiting",
                ),
            )
        return len(sent)

    def in_order(self, *, is_dead: bool) -> list[ModelMessage]:
        return sorted(self.dead if is_dead else self.live, key=lambda m: m.place)

    def depth(self) -> QueueDepth:
        states = [m.state for m in self.live]
        return QueueDepth(
            active=states.count("waiting"),
            locked=states.count("locked"),
            scheduled=states.count("scheduled"),
            deferred=states.count("deferred"),
            dead_lettered=len(self.dead),
        )

    def _next_place(self) -> int:
        self.places += 1
        return self.places
