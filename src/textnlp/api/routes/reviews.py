"""Reviews by people: made, listed, shown, removed."""

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
    read_review,
)
from textnlp.api.text_fields import read_query
from textnlp.application.begin_review import ReviewSource, begin_review
from textnlp.application.decide_review_item import delete_review
from textnlp.domain.errors import ErrorKind
from textnlp.domain.identifiers import ReviewId
from textnlp.domain.review.document import read_review_document
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
    source = ReviewSource(
        rows=asked.rows, batch_id=asked.batch_id, argilla=asked.argilla, label_studio=asked.label_studio
    )
    review = await begin_review(
        review_ports_of(request.scope),
        read_review_document(asked.review),
        source,
        caller=review_caller_of(request.scope),
        batches=ports_of(request.scope),
    )
    return read_review(review)


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


@get(REVIEW, summary="Show a review", opt=described(grant=READ, answer=ReviewRead))
async def show_review(request: Request[Any, Any, Any], review_id: FromPath[str]) -> ReviewRead:
    """Show a review, its guidelines and questions, and how far it is."""
    store = review_ports_of(request.scope).store
    review = await store.get(ReviewId(review_id))
    return read_review(review, await store.progress(review.id))


@delete(REVIEW, status_code=HTTPStatus.NO_CONTENT, summary="Delete a review", opt=described(grant=WRITE))
async def remove_review(request: Request[Any, Any, Any], review_id: FromPath[str]) -> None:
    """Delete a review with everything that was said; only its owner may. Exports that are kept stay."""
    ports, caller = review_ports_of(request.scope), review_caller_of(request.scope)
    await delete_review(ports, ReviewId(review_id), caller=caller)
