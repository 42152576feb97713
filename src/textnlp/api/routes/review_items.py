"""Items of reviews: given out, answered, skipped, remarked on, listed, decided."""

from http import HTTPStatus
from typing import Any, TypeVar

from litestar import Request, get, post
from litestar.params import FromPath

from textnlp.api.caller import review_caller_of, review_ports_of, reviewer_of
from textnlp.api.dependencies import services_of
from textnlp.api.openapi import described
from textnlp.api.request_body import read_document
from textnlp.api.routes.reviews import REVIEW
from textnlp.api.schemas.review_item import (
    ReviewAnswerWrite,
    ReviewCommentWrite,
    ReviewDecisionWrite,
    ReviewItemListQuery,
    ReviewItemPage,
    ReviewItemRead,
    ReviewNextRead,
    ReviewNextWrite,
    ReviewReceipt,
    ReviewSkipWrite,
    read_item,
    read_next,
)
from textnlp.api.text_fields import read_query
from textnlp.application.answer_review_item import answer_review_item, comment_on_review_item, skip_review_item
from textnlp.application.decide_review_item import decide_review_item, owned_review
from textnlp.application.lend_review_item import lend_review_item
from textnlp.domain.errors import ErrorKind
from textnlp.domain.identifiers import ReviewId
from textnlp.domain.review.refusals import no_such_item
from textnlp.topology.scopes import READ, WRITE

_ITEMS = f"{REVIEW}/items"
_ITEM = f"{_ITEMS}/{{position:str}}"
_MOST_DIGITS = 9
_Shape = TypeVar("_Shape")


@post(
    f"{REVIEW}/next",
    status_code=HTTPStatus.OK,
    summary="Get the next item to review",
    opt=described(operation="next_review_item", grant=WRITE, body=ReviewNextWrite, answer=ReviewNextRead),
)
async def lend_next(request: Request[Any, Any, Any], review_id: FromPath[str]) -> ReviewNextRead:
    """Give the reviewer an item, which is theirs to answer until a moment; asking again gives the same one.

    Items that others have answered come first, so that they get all their answers soon.
    """
    asked = await _read(request, ReviewNextWrite)
    reviewer = reviewer_of(request.scope, asked.reviewer)
    return read_next(await lend_review_item(review_ports_of(request.scope), ReviewId(review_id), reviewer=reviewer))


@post(
    f"{_ITEM}/answer",
    status_code=HTTPStatus.OK,
    summary="Answer an item",
    opt=described(
        operation="answer_review_item",
        grant=WRITE,
        body=ReviewAnswerWrite,
        answer=ReviewReceipt,
        raises=(ErrorKind.CONFLICT,),
    ),
)
async def answer_item(
    request: Request[Any, Any, Any], review_id: FromPath[str], position: FromPath[str]
) -> ReviewReceipt:
    """Note what a reviewer says, in place of what they said before; answering twice alike is harmless."""
    asked = await _read(request, ReviewAnswerWrite)
    reviewer = reviewer_of(request.scope, asked.reviewer)
    item = await answer_review_item(
        review_ports_of(request.scope),
        ReviewId(review_id),
        _place(position),
        reviewer=reviewer,
        values=asked.values,
        comment=asked.comment,
    )
    return ReviewReceipt(position=item.position, reviewer=reviewer, noted="answer")


@post(
    f"{_ITEM}/skip",
    status_code=HTTPStatus.OK,
    summary="Skip an item",
    opt=described(
        operation="skip_review_item",
        grant=WRITE,
        body=ReviewSkipWrite,
        answer=ReviewReceipt,
        raises=(ErrorKind.CONFLICT,),
    ),
)
async def skip_item(
    request: Request[Any, Any, Any], review_id: FromPath[str], position: FromPath[str]
) -> ReviewReceipt:
    """Leave an item to others; the reviewer is not given it again."""
    asked = await _read(request, ReviewSkipWrite)
    ports, reviewer = review_ports_of(request.scope), reviewer_of(request.scope, asked.reviewer)
    item = await skip_review_item(ports, ReviewId(review_id), _place(position), reviewer=reviewer, reason=asked.reason)
    return ReviewReceipt(position=item.position, reviewer=reviewer, noted="skip")


@post(
    f"{_ITEM}/comments",
    status_code=HTTPStatus.CREATED,
    summary="Comment on an item",
    opt=described(
        operation="comment_on_review_item",
        grant=WRITE,
        takes_idempotency_key=True,
        body=ReviewCommentWrite,
        answer=ReviewReceipt,
        raises=(ErrorKind.LIMIT_REACHED,),
    ),
)
async def comment_on_item(
    request: Request[Any, Any, Any], review_id: FromPath[str], position: FromPath[str]
) -> ReviewReceipt:
    """Leave a remark on an item for its owner."""
    asked = await _read(request, ReviewCommentWrite)
    ports, reviewer = review_ports_of(request.scope), reviewer_of(request.scope, asked.reviewer)
    item = await comment_on_review_item(
        ports, ReviewId(review_id), _place(position), reviewer=reviewer, text=asked.text
    )
    return ReviewReceipt(position=item.position, reviewer=reviewer, noted="comment")


@get(
    _ITEMS,
    summary="List items of a review",
    opt=described(operation="list_review_items", grant=READ, query=ReviewItemListQuery, answer=ReviewItemPage),
)
async def list_items(request: Request[Any, Any, Any], review_id: FromPath[str]) -> ReviewItemPage:
    """List items with everything that was said of them; only the owner of the review may."""
    query = read_query(request, ReviewItemListQuery)
    ports, caller = review_ports_of(request.scope), review_caller_of(request.scope)
    review = await owned_review(ports, ReviewId(review_id), caller=caller, what="see all answers")
    items = await ports.store.items(review.id, states=query.state or None, after=query.after, limit=query.limit)
    return ReviewItemPage(
        items=[read_item(item, review.document) for item in items],
        next_after=items[-1].position if len(items) == query.limit else None,
    )


@post(
    f"{_ITEM}/decide",
    status_code=HTTPStatus.OK,
    summary="Decide an item",
    opt=described(
        operation="decide_review_item",
        grant=WRITE,
        body=ReviewDecisionWrite,
        answer=ReviewItemRead,
        raises=(ErrorKind.CONFLICT,),
    ),
)
async def decide_item(
    request: Request[Any, Any, Any], review_id: FromPath[str], position: FromPath[str]
) -> ReviewItemRead:
    """Say what holds where reviewers disagree, in place of an earlier decision; only the owner may."""
    asked = await _read(request, ReviewDecisionWrite)
    ports, caller = review_ports_of(request.scope), review_caller_of(request.scope)
    item = await decide_review_item(
        ports, ReviewId(review_id), _place(position), caller=caller, values=asked.values, reason=asked.reason
    )
    return read_item(item, (await ports.store.get(ReviewId(review_id))).document)


async def _read(request: Request[Any, Any, Any], shape: type[_Shape]) -> _Shape:
    return await read_document(request, shape, max_bytes=services_of(request.scope).limits.max_request_body_bytes)


def _place(position: str) -> int:
    if not (position.isascii() and position.isdigit() and len(position) <= _MOST_DIGITS):
        raise no_such_item()
    return int(position)
