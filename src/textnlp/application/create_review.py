"""Put rows under review."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from textnlp.application.review_ports import ReviewCaller, ReviewPorts
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError, invalid_input
from textnlp.domain.identifiers import new_review_id
from textnlp.domain.review.document import MAX_ITEMS, ReviewDocument
from textnlp.domain.review.exchange.said_row import SaidRow, items_of
from textnlp.domain.review.model import Review, ReviewItem
from textnlp.domain.review.questions import EditQuestion, PairwiseQuestion, SpanQuestion
from textnlp.domain.review.row_values import text_at, value_at
from textnlp.domain.review.sampling import sample_rows

MAX_REVIEW_BYTES = 64 << 20
"""All rows of a review together, as JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """A row that may be reviewed, and what it is called where it comes from."""

    row_id: str
    row: Mapping[str, Any]


async def create_review(
    ports: ReviewPorts,
    document: ReviewDocument,
    rows: Sequence[SourceRow],
    *,
    caller: ReviewCaller,
    source: str = "",
) -> Review:
    """Draw rows as the document says, and put them under review.

    Raises `INVALID_INPUT` where there are no rows, or where a row lacks a column that a question is about, and
    `TOO_LARGE` for more than 10,000 rows or 64 MB of them.
    """
    said = await asyncio.to_thread(_drawn, document, rows)
    return await _stored(ports, document, said, caller=caller, source=source)


async def import_review(
    ports: ReviewPorts,
    document: ReviewDocument,
    said: Sequence[SaidRow],
    *,
    caller: ReviewCaller,
    source: str = "",
) -> Review:
    """Make a review of rows that were answered elsewhere, wholly or in part; all of them, whatever the sampling.

    Raises what `create_review` and `items_of` do.
    """
    return await _stored(ports, document, said, caller=caller, source=source)


def _drawn(document: ReviewDocument, rows: Sequence[SourceRow]) -> list[SaidRow]:
    places = sample_rows(document, [each.row for each in rows])
    return [SaidRow(row_id=rows[place].row_id, row=rows[place].row) for place in places]


async def _stored(
    ports: ReviewPorts, document: ReviewDocument, said: Sequence[SaidRow], *, caller: ReviewCaller, source: str
) -> Review:
    items = await asyncio.to_thread(_items, document, said)
    now = ports.clock.now()
    review = Review(
        id=new_review_id(now),
        tenant=caller.tenant,
        owner=caller.name,
        document=document,
        created_at=now,
        item_count=len(items),
        source=source,
    )
    await ports.store.create(review, items)
    return review


def _items(document: ReviewDocument, said: Sequence[SaidRow]) -> list[ReviewItem]:
    if not said:
        raise invalid_input("There are no rows to be reviewed.", field="rows")
    if len(said) > MAX_ITEMS:
        raise _too_large(f"A review has {MAX_ITEMS:,} rows at most; these are {len(said):,}.", "review_rows")
    size_bytes = 0
    for number, each in enumerate(said, start=1):
        _require_columns(document, each.row, number)
        size_bytes += len(msgspec.json.encode(each.row))
    if size_bytes > MAX_REVIEW_BYTES:
        raise _too_large(f"The rows of a review have {MAX_REVIEW_BYTES:,} bytes at most.", "review_bytes")
    return items_of(said, document)


def _require_columns(document: ReviewDocument, row: Mapping[str, Any], number: int) -> None:
    for name, question in document.questions.items():
        missing = None
        if isinstance(question, SpanQuestion | EditQuestion) and text_at(row, question.column) is None:
            missing = question.column
        elif isinstance(question, PairwiseQuestion):
            sides = (question.first, question.second)
            missing = next((side for side in sides if value_at(row, side) is None), None)
        if missing is not None:
            raise TextNLPError(
                f"Row {number} has no text in the column {missing!r}, which the question {name!r} is about.",
                kind=ErrorKind.INVALID_INPUT,
                facts=ErrorFacts(field=f"questions.{name}", hint=f"The row has {', '.join(row) or 'no columns'}."),
            )


def _too_large(message: str, limit: str) -> TextNLPError:
    hint = "Let sampling choose fewer rows."
    return TextNLPError(message, kind=ErrorKind.TOO_LARGE, facts=ErrorFacts(hint=hint, limit_name=limit))
