"""Keys and answers in PostgreSQL."""

import contextlib
from collections import defaultdict
from collections.abc import AsyncGenerator, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, LiteralString

import msgspec
from psycopg import AsyncConnection, AsyncCursor

from textnlp.adapters.database.pool import BECOME_TENANT, PostgresDatabase
from textnlp.domain.idempotency.model import KeptAnswer, KeyClaim, KeyState

_DO_NOT_WAIT: LiteralString = "set local synchronous_commit = off"
# In the order of keys, so that two who want the same ones wait for each other instead of for ever.
_CLAIM: LiteralString = """
insert into idempotency_keys (key_id, claim_id, tenant, claimed_at, expires_at)
select * from unnest(%b::bytea[], %b::text[], %b::text[], %b::timestamptz[], %b::timestamptz[]) as claim (key_id)
order by claim.key_id
on conflict (key_id) do update
set claim_id = excluded.claim_id, claimed_at = excluded.claimed_at, expires_at = excluded.expires_at,
    fingerprint = null, status = null, headers = null, body = null
where idempotency_keys.expires_at <= excluded.claimed_at
returning key_id
"""
# A statement of its own, so that it sees what was there once the one before it had waited for others.
_FIND: LiteralString = """
select key_id, fingerprint, status, headers, body, expires_at from idempotency_keys where key_id = any(%b::bytea[])
"""
_KEEP: LiteralString = """
with held as materialized (
    select key_id from idempotency_keys where key_id = any(%b::bytea[]) order by key_id for update
)
update idempotency_keys
set fingerprint = answer.fingerprint, status = answer.status, headers = answer.headers, body = answer.body,
    expires_at = answer.expires_at
from held, unnest(%b::bytea[], %b::text[], %b::bytea[], %b::int2[], %b::bytea[], %b::bytea[], %b::timestamptz[])
    as answer (key_id, claim_id, fingerprint, status, headers, body, expires_at)
where idempotency_keys.key_id = held.key_id and idempotency_keys.key_id = answer.key_id
    and idempotency_keys.claim_id = answer.claim_id and idempotency_keys.status is null
"""
_RELEASE: LiteralString = """
delete from idempotency_keys where key_id in (
    select key_id from idempotency_keys
    where key_id = any(%b::bytea[]) and claim_id = any(%b::text[]) and status is null
    order by key_id
    for update
)
"""
# Passes over what a call is just claiming anew.
_EXPIRE: LiteralString = """
delete from idempotency_keys where key_id in (
    select key_id from idempotency_keys where expires_at <= %s order by expires_at limit %s for update skip locked
)
"""
_EXPIRED_A_TIME = 1_000

_Headers = tuple[tuple[str, str], ...]
_encode_headers = msgspec.json.Encoder().encode
_decode_headers = msgspec.json.Decoder(_Headers).decode


class PostgresIdempotencyStore:
    """Satisfies the `IdempotencyStore` port on the table of revision 0010.

    A group of calls is one transaction; what it does for each tenant it does as that tenant, so that the server keeps
    the rows of others from it. It is not waited for that it reaches the disk: others see it at once, and where the
    server crashes a moment later, calls of that moment can be made once more.
    """

    def __init__(self, database: PostgresDatabase) -> None:
        self._database = database

    async def claim(self, claims: Sequence[KeyClaim]) -> list[KeptAnswer | KeyState]:
        """Claim keys; of several claims to one key the first comes first."""
        first: dict[bytes, KeyClaim] = {}
        for claim in claims:
            first.setdefault(claim.key_id, claim)
        cursors: list[tuple[AsyncCursor[tuple[Any, ...]], AsyncCursor[tuple[Any, ...]]]] = []
        async with self._transaction() as connection:
            for tenant, group in _by_tenant(first.values()):
                await connection.execute(BECOME_TENANT, (tenant,))
                taken = await connection.execute(_CLAIM, _columns_of_claims(group))
                cursors.append((taken, await connection.execute(_FIND, ([claim.key_id for claim in group],))))
            claimed = {row[0] for taken, _ in cursors for row in await taken.fetchall()}
            found = {row[0]: _found(row) for _, there in cursors for row in await there.fetchall()}
        return [
            KeyState.CLAIMED
            if claim.key_id in claimed and first[claim.key_id] is claim
            else found.get(claim.key_id, KeyState.IN_USE)
            for claim in claims
        ]

    async def keep(self, answers: Sequence[tuple[KeyClaim, KeptAnswer]]) -> None:
        """Keep what calls were answered with."""
        given = {claim.id: answer for claim, answer in answers}
        async with self._transaction() as connection:
            for tenant, group in _by_tenant(claim for claim, _ in answers):
                await connection.execute(BECOME_TENANT, (tenant,))
                await connection.execute(_KEEP, _columns_of_answers(group, [given[claim.id] for claim in group]))

    async def release(self, claims: Sequence[KeyClaim]) -> None:
        """Free keys whose calls have no answer."""
        async with self._transaction() as connection:
            for tenant, group in _by_tenant(claims):
                await connection.execute(BECOME_TENANT, (tenant,))
                await connection.execute(_RELEASE, ([each.key_id for each in group], [each.id for each in group]))

    async def expire(self, now: datetime) -> int:
        """Remove what has expired, of all tenants, a thousand a transaction."""
        count = 0
        while True:
            async with self._database.connection() as connection:
                removed = (await connection.execute(_EXPIRE, (now, _EXPIRED_A_TIME))).rowcount
            count += removed
            if removed < _EXPIRED_A_TIME:
                return count

    @contextlib.asynccontextmanager
    async def _transaction(self) -> AsyncGenerator[AsyncConnection[tuple[Any, ...]]]:
        """Begin a transaction whose statements are sent together until one of their answers is wanted."""
        async with self._database.connection() as connection, connection.pipeline(), connection.transaction():
            await connection.execute(_DO_NOT_WAIT)
            yield connection


def _by_tenant(claims: Iterable[KeyClaim]) -> list[tuple[str, list[KeyClaim]]]:
    """Sort claims by tenant, in an order that is the same for everybody who locks them."""
    groups: defaultdict[str, list[KeyClaim]] = defaultdict(list)
    for claim in claims:
        groups[claim.tenant].append(claim)
    return sorted(groups.items())


def _columns_of_claims(claims: Sequence[KeyClaim]) -> tuple[list[Any], ...]:
    return (
        [claim.key_id for claim in claims],
        [claim.id for claim in claims],
        [claim.tenant for claim in claims],
        [claim.claimed_at for claim in claims],
        [claim.expires_at for claim in claims],
    )


def _columns_of_answers(claims: Sequence[KeyClaim], answers: Sequence[KeptAnswer]) -> tuple[list[Any], ...]:
    key_ids = [claim.key_id for claim in claims]
    return (
        key_ids,
        key_ids,
        [claim.id for claim in claims],
        [answer.fingerprint for answer in answers],
        [answer.status for answer in answers],
        [_encode_headers(answer.headers) for answer in answers],
        [answer.body for answer in answers],
        [answer.expires_at for answer in answers],
    )


def _found(row: tuple[Any, ...]) -> KeptAnswer | KeyState:
    _, fingerprint, status, headers, body, expires_at = row
    if status is None:
        return KeyState.IN_USE
    return KeptAnswer(
        fingerprint=fingerprint,
        status=status,
        headers=_decode_headers(headers),
        body=body,
        expires_at=expires_at.astimezone(UTC),
    )
