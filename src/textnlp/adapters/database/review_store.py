"""Reviews and their items in PostgreSQL."""

import dataclasses
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any, LiteralString

from psycopg import AsyncConnection
from psycopg.errors import InsufficientPrivilege, UniqueViolation

from textnlp.adapters.database.batch_rows import storable
from textnlp.adapters.database.pool import PostgresDatabase, TenantDatabase
from textnlp.domain.identifiers import ReviewId
from textnlp.domain.review.model import ItemState, Review, ReviewItem, ReviewProgress
from textnlp.domain.review.record import decode_document, decode_said, encode_document, encode_row, encode_said
from textnlp.domain.review.refusals import foreign_review, no_such_item, no_such_review, review_exists
from textnlp.domain.review.rules import lend
from textnlp.ports.review_store import ItemChange

_COLUMNS: LiteralString = "id, tenant, owner, document, created_at, item_count, source"
_CREATE: LiteralString = """
insert into reviews (COLUMNS, overlap) values (%s, %s, %s, %s, %s, %s, %s, %s)
""".replace("COLUMNS", _COLUMNS)
_ADD_ITEM: LiteralString = """
insert into review_items (
    review_id, position, tenant, row_json, state, answer_count, done_by, lent_to, lent_until, said
)
values (
    %(review_id)s, %(position)s, %(tenant)s, %(row)s, %(state)s, %(answer_count)s, %(done_by)s, %(lent_to)s,
    %(lent_until)s, %(said)s
)
"""
_GET: LiteralString = "select COLUMNS from reviews where id = %s".replace("COLUMNS", _COLUMNS)
_NEWEST: LiteralString = """
select COLUMNS from reviews
where %(before)s::text is null or id < %(before)s::text
order by id desc
limit %(limit)s
""".replace("COLUMNS", _COLUMNS)
_DELETE: LiteralString = "delete from reviews where id = %s"
_ITEM: LiteralString = "select said, row_json from review_items where review_id = %s and position = %s"
_LOCKED_ITEM: LiteralString = _ITEM + " for update"
_ITEMS: LiteralString = """
select said, row_json from review_items
where review_id = %(review_id)s and position > %(after)s
    and (%(states)s::text[] is null or state = any(%(states)s::text[]))
order by position
limit %(limit)s
"""
_UPDATE: LiteralString = """
update review_items
set state = %(state)s, answer_count = %(answer_count)s, done_by = %(done_by)s, lent_to = %(lent_to)s,
    lent_until = %(lent_until)s, said = %(said)s
where review_id = %(review_id)s and position = %(position)s
"""

# The places that are taken are counted as `rules.can_be_lent` does. Whoever answered holds no lease.
_NEXT: LiteralString = """
select item.said, item.row_json from review_items as item
where item.review_id = %(review_id)s and item.state = 'open' and not (%(reviewer)s = any(item.done_by))
    and item.answer_count + (
        select count(*) from unnest(item.lent_to, item.lent_until) as lease (reviewer, until)
        where lease.until > %(now)s and lease.reviewer <> %(reviewer)s
    ) < %(overlap)s HELD
order by item.answer_count desc, item.position
limit 1
for update of item
"""
_HELD: LiteralString = _NEXT.replace(
    "HELD", "and cardinality(item.lent_to) > 0 and item.lent_to @> array[%(reviewer)s]::text[]"
)
_FREE: LiteralString = _NEXT.replace("HELD", "")
_FREE_UNLOCKED: LiteralString = _FREE + " skip locked"
_OVERLAP: LiteralString = "select overlap from reviews where id = %s"
_PROGRESS: LiteralString = """
select state, count(*), sum(answer_count)::bigint from review_items where review_id = %s group by state
"""


class PostgresReviewStore:
    """Satisfies the `ReviewStore` port on the tables of revision 0014."""

    def __init__(self, database: PostgresDatabase | TenantDatabase) -> None:
        self._database = database

    def for_tenant(self, tenant: str) -> "PostgresReviewStore":
        """Return the store as one tenant sees it; the server itself keeps the rows of others from it."""
        return PostgresReviewStore(self._database.for_tenant(tenant))

    async def create(self, review: Review, items: Sequence[ReviewItem]) -> None:
        """Add a review with its items, all or nothing."""
        document = encode_document(review.document)
        values = (
            *(review.id, storable(review.tenant), storable(review.owner), document, review.created_at),
            *(review.item_count, storable(review.source), review.document.overlap),
        )
        try:
            async with self._database.connection() as connection, connection.transaction():
                await connection.execute(_CREATE, values)
                tenant = {"tenant": storable(review.tenant)}
                added = ({**_values(review.id, each), **tenant, "row": encode_row(each)} for each in items)
                await connection.cursor().executemany(_ADD_ITEM, added)
        except UniqueViolation as exc:
            raise review_exists(review.id) from exc
        except InsufficientPrivilege as exc:
            raise foreign_review() from exc

    async def get(self, review_id: ReviewId) -> Review:
        """Return a review."""
        async with self._database.connection() as connection:
            row = await (await connection.execute(_GET, (storable(review_id),))).fetchone()
        if row is None:
            raise no_such_review()
        return _review(row)

    async def newest(self, *, before: ReviewId | None = None, limit: int) -> Sequence[Review]:
        """List reviews, newest first."""
        async with self._database.connection() as connection:
            cursor = await connection.execute(_NEWEST, {"before": storable(before), "limit": limit})
            return [_review(row) for row in await cursor.fetchall()]

    async def delete(self, review_id: ReviewId) -> None:
        """Remove a review with its items."""
        async with self._database.connection() as connection:
            cursor = await connection.execute(_DELETE, (storable(review_id),))
        if not cursor.rowcount:
            raise no_such_review()

    async def lend_next(
        self, review_id: ReviewId, reviewer: str, *, now: datetime, until: datetime
    ) -> ReviewItem | None:
        """Give a reviewer the next item, passing over those that others are just being given."""
        known_id, name = storable(review_id), storable(reviewer) or ""
        async with self._database.connection() as connection, connection.transaction():
            row = await (await connection.execute(_OVERLAP, (known_id,))).fetchone()
            if row is None:
                raise no_such_review()
            asked = {"review_id": known_id, "reviewer": name, "now": now, "overlap": row[0]}
            # Where all that is left is locked, what holds the locks decides whether there is anything for us.
            for query in (_HELD, _FREE_UNLOCKED, _FREE):
                found = await (await connection.execute(query, asked)).fetchone()
                if found is not None:
                    break
            else:
                return None
            lent = lend(decode_said(*found), name, now=now, until=until, overlap=row[0])
            await connection.execute(_UPDATE, _values(review_id, lent))
        return lent

    async def change(self, review_id: ReviewId, position: int, change: ItemChange) -> ReviewItem:
        """Replace an item by what `change` makes of it, while its row is locked."""
        async with self._database.connection() as connection, connection.transaction():
            item = await _item(connection, _LOCKED_ITEM, review_id, position)
            changed = dataclasses.replace(change(item), position=position, row_id=item.row_id, row=item.row)
            await connection.execute(_UPDATE, _values(review_id, changed))
        return changed

    async def item(self, review_id: ReviewId, position: int) -> ReviewItem:
        """Return an item."""
        async with self._database.connection() as connection:
            return await _item(connection, _ITEM, review_id, position)

    async def items(
        self, review_id: ReviewId, *, states: Collection[ItemState] | None = None, after: int = -1, limit: int
    ) -> Sequence[ReviewItem]:
        """List items in their order."""
        wanted = None if states is None else [state.value for state in states]
        asked = {"review_id": storable(review_id), "states": wanted, "after": after, "limit": limit}
        async with self._database.connection() as connection:
            rows = await (await connection.execute(_ITEMS, asked)).fetchall()
            if not rows:
                await _require(connection, review_id)
        return [decode_said(*row) for row in rows]

    async def progress(self, review_id: ReviewId) -> ReviewProgress:
        """Count items by state, and answers."""
        async with self._database.connection() as connection:
            rows = await (await connection.execute(_PROGRESS, (storable(review_id),))).fetchall()
            if not rows:
                await _require(connection, review_id)
        return ReviewProgress(
            states={ItemState(state): count for state, count, _ in rows}, answers=sum(each[2] for each in rows)
        )


_Connection = AsyncConnection[tuple[Any, ...]]
_MOST = 2**31 - 1


async def _item(connection: _Connection, query: LiteralString, review_id: ReviewId, position: int) -> ReviewItem:
    row = None
    if 0 <= position <= _MOST:
        row = await (await connection.execute(query, (storable(review_id), position))).fetchone()
    if row is None:
        await _require(connection, review_id)
        raise no_such_item()
    return decode_said(*row)


async def _require(connection: _Connection, review_id: ReviewId) -> None:
    if await (await connection.execute(_OVERLAP, (storable(review_id),))).fetchone() is None:
        raise no_such_review()


def _values(review_id: ReviewId, item: ReviewItem) -> dict[str, Any]:
    return {
        "review_id": storable(review_id),
        "position": item.position,
        "state": item.state.value,
        "answer_count": len(item.answers),
        "done_by": [storable(each.reviewer) for each in (*item.answers, *item.skips)],
        "lent_to": [storable(lease.reviewer) for lease in item.leases],
        "lent_until": [lease.until for lease in item.leases],
        "said": encode_said(item),
    }


def _review(row: tuple[Any, ...]) -> Review:
    return Review(
        id=ReviewId(row[0]),
        tenant=row[1],
        owner=row[2],
        document=decode_document(bytes(row[3])),
        created_at=row[4].astimezone(UTC),
        item_count=row[5],
        source=row[6],
    )
