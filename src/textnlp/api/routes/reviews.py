"""Reviews by people: made, listed, shown, removed."""

import asyncio
from http import HTTPStatus
from typing import Any

from litestar import Request, delete, get, post
from litestar.params import FromPath

from textnlp.api.caller import ports_of, review_caller_of, review_ports_of
from textnlp.api.dependencies import services_of
from textnlp.api.openapi import described
from textnlp.api.request_body import read_document
from textnlp.api.schemas.review import (
    ReviewCreate,
    ReviewListQuery,
    ReviewPage,
    ReviewRead,
    ReviewShown,
    read_review,
    read_shown,
)
from textnlp.api.text_fields import read_query
from textnlp.application import create_review as making
from textnlp.application.create_review import SourceRow
from textnlp.application.decide_review_item import delete_review
from textnlp.application.read_batch_rows import read_batch_rows
from textnlp.domain.errors import ErrorKind
from textnlp.domain.identifiers import BatchId, ReviewId
from textnlp.domain.review.document import ReviewDocument, read_review_document
from textnlp.domain.review.exchange.argilla import from_argilla
from textnlp.domain.review.exchange.label_studio import from_label_studio
from textnlp.domain.review.model import Review
from textnlp.topology.scopes import READ, WRITE

REVIEWS = "/api/v1/reviews"
REVIEW = f"{REVIEWS}/{{review_id:str}}"


@post(
    REVIEWS,
    status_code=HTTPStatus.CREATED,
    summary="Put rows under review",
    opt=described(
        grant=WRITE,
        takes_idempotency_key=True,
        body=ReviewCreate,
        answer=ReviewRead,
        raises=(ErrorKind.NOT_FOUND, ErrorKind.CONFLICT, ErrorKind.TOO_LARGE),
    ),
)
async def create_review(request: Request[Any, Any, Any]) -> ReviewRead:
    """Draw rows as the review says, and ask people about them; who makes it is its owner.

    Rows come in the body, from a batch that has ended, or from another tool with what was answered there.
    """
    limits = services_of(request.scope).limits
    asked = await read_document(request, ReviewCreate, max_bytes=limits.max_request_body_bytes)
    asked.require_one_source()
    return read_review(await _created(request, asked, read_review_document(asked.review)))


@get(REVIEWS, summary="List reviews", opt=described(grant=READ, query=ReviewListQuery, answer=ReviewPage))
async def list_reviews(request: Request[Any, Any, Any]) -> ReviewPage:
    """List reviews, newest first."""
    query = read_query(request, ReviewListQuery)
    before = None if query.before is None else ReviewId(query.before)
    reviews = await review_ports_of(request.scope).store.newest(before=before, limit=query.limit)
    return ReviewPage(
        reviews=[read_review(review) for review in reviews],
        next_before=reviews[-1].id if len(reviews) == query.limit else None,
    )


@get(REVIEW, summary="Show a review", opt=described(grant=READ, answer=ReviewShown))
async def show_review(request: Request[Any, Any, Any], review_id: FromPath[str]) -> ReviewShown:
    """Show a review, its guidelines and questions, and how far it is."""
    store = review_ports_of(request.scope).store
    review = await store.get(ReviewId(review_id))
    return read_shown(review, await store.progress(review.id))


@delete(REVIEW, status_code=HTTPStatus.NO_CONTENT, summary="Delete a review", opt=described(grant=WRITE))
async def remove_review(request: Request[Any, Any, Any], review_id: FromPath[str]) -> None:
    """Delete a review with everything that was said; only its owner may. Exports that are kept stay."""
    ports, caller = review_ports_of(request.scope), review_caller_of(request.scope)
    await delete_review(ports, ReviewId(review_id), caller=caller)


async def _created(request: Request[Any, Any, Any], asked: ReviewCreate, document: ReviewDocument) -> Review:
    ports, caller = review_ports_of(request.scope), review_caller_of(request.scope)
    now = ports.clock.now()
    if asked.argilla is not None:
        said = await asyncio.to_thread(from_argilla, asked.argilla, document, at=now)
        return await making.import_review(ports, document, said, caller=caller, source="argilla")
    if asked.label_studio is not None:
        said = await asyncio.to_thread(from_label_studio, asked.label_studio, document, at=now)
        return await making.import_review(ports, document, said, caller=caller, source="label-studio")
    if asked.batch_id is not None:
        rows = await read_batch_rows(ports_of(request.scope), BatchId(asked.batch_id))
        return await making.create_review(ports, document, rows, caller=caller, source=asked.batch_id)
    rows = [SourceRow(row_id=_name_of(row, number), row=row) for number, row in enumerate(asked.rows or [], start=1)]
    return await making.create_review(ports, document, rows, caller=caller)


def _name_of(row: dict[str, Any], number: int) -> str:
    name = row.get("id")
    return name if isinstance(name, str) else str(number)
