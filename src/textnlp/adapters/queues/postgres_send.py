"""Putting messages into the line."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import msgspec

from textnlp.adapters.queues import postgres_statements as sql
from textnlp.adapters.queues.entities import Route
from textnlp.adapters.queues.outgoing import PreparedMessage, keep_first, prepare_messages
from textnlp.adapters.queues.postgres_session import QueueSession
from textnlp.domain.messaging.model import OutgoingMessage

_PRUNE_SECONDS = 10.0
_PRUNED_AT_ONCE = 1000

_encode = msgspec.json.Encoder().encode


class PostgresSender:
    """Sends for one queue object, and forgets old message ids now and then."""

    def __init__(self, session: QueueSession) -> None:
        self._session = session
        self._prune_at = 0.0

    async def send(self, route: Route, messages: Sequence[OutgoingMessage]) -> list[int]:
        """Send in one statement; return a number a message, 0 for a duplicate, and wake receivers."""
        now = self._session.clock.now()
        prepared = prepare_messages(route, messages, now=now)
        if not prepared:
            return []
        ids = sorted({message.checked_id for message in prepared if message.checked_id is not None})
        unseen = keep_first(prepared, fresh=set(ids))
        async with self._session.connection() as connection:
            rows = await self._session.rows_on(
                connection,
                sql.SEND,
                now=now,
                channel=sql.CHANNEL,
                count=len(prepared),
                sent_to=self._session.id_of(route.name),
                ids=ids,
                forget_at=now + timedelta(seconds=route.duplicate_window_seconds),
                **self._columns([(place, message) for place, message in enumerate(prepared) if unseen[place]]),
            )
        numbers, fresh, _ = rows[0]
        if ids:
            await self._prune()
        kept = keep_first(prepared, fresh=set(fresh or ()))
        return [number if is_kept else 0 for number, is_kept in zip(numbers, kept, strict=True)]

    def _columns(self, messages: Sequence[tuple[int, PreparedMessage]]) -> dict[str, list[Any]]:
        copies = [
            (place + 1, self._session.id_of(terms.name), expires_at, message)
            for place, message in messages
            for terms, expires_at in message.copies
        ]
        sent = [message for *_, message in copies]
        return {
            "places": [copy[0] for copy in copies],
            "entity_ids": [copy[1] for copy in copies],
            "expires_at": [copy[2] for copy in copies],
            "are_checked": [message.checked_id is not None for message in sent],
            "due_at": [message.due_at for message in sent],
            "enqueued_at": [message.enqueued_at for message in sent],
            "message_ids": [message.message_id for message in sent],
            "session_ids": [message.session_id for message in sent],
            "properties": [_encode(message.properties).decode() for message in sent],
            "bodies": [message.body for message in sent],
        }

    async def _prune(self) -> None:
        moment = self._session.clock.monotonic()
        if moment >= self._prune_at:
            pruned = await self._session.run(sql.FORGET_IDS)
            self._prune_at = moment if pruned == _PRUNED_AT_ONCE else moment + _PRUNE_SECONDS
