"""Items of a review as its owner sees them: who said what, and what holds."""

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath

from textnlp.api.caller import review_caller_of, review_ports_of
from textnlp.api.openapi import described
from textnlp.application.decide_review_item import decide_review_item, owned_review
from textnlp.console.filled_form import read_lists
from textnlp.console.page import page, send_on
from textnlp.console.query import read_filters
from textnlp.console.review_form import pair_texts, question_fields, read_answer, shown_columns
from textnlp.console.shown_value import shown_cell, shown_value
from textnlp.console.views.reviews import REVIEW, SECTION
from textnlp.domain.identifiers import ReviewId
from textnlp.domain.review.model import ItemState, ReviewItem
from textnlp.domain.review.rules import disputed_questions, final_values
from textnlp.topology.scopes import READ, WRITE

_ITEMS = f"{REVIEW}/items"
_ITEM = f"{_ITEMS}/{{position:int}}"
_A_PAGE = 50
_WHAT = "see all answers"


class ItemFilter(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Which items are listed: those in a state, behind one."""

    state: ItemState | None = None
    after: Annotated[int, msgspec.Meta(ge=-1, le=2**31 - 1)] = -1


@get(_ITEMS, opt=described(grant=READ))
async def list_items(request: Request[Any, Any, Any], review_id: FromPath[str]) -> Response[str]:
    """Show the rows of a review with what was said of them."""
    wanted = read_filters(request, ItemFilter)
    ports, caller = review_ports_of(request.scope), review_caller_of(request.scope)
    review = await owned_review(ports, ReviewId(review_id), caller=caller, what=_WHAT)
    states = None if wanted.state is None else [wanted.state]
    items = await ports.store.items(review.id, states=states, after=wanted.after, limit=_A_PAGE)
    return page(
        request,
        "reviews/items.html",
        section=SECTION,
        title=f"Rows of {review.document.name}",
        review=review,
        items=[(item, _beginning(item), _said(item)) for item in items],
        states=list(ItemState),
        state=wanted.state,
        after=wanted.after,
        next_after=items[-1].position if len(items) == _A_PAGE else None,
    )


@get(_ITEM, opt=described(grant=READ))
async def show_item(
    request: Request[Any, Any, Any], review_id: FromPath[str], position: FromPath[int]
) -> Response[str]:
    """Show an item with every answer, and a form that decides it."""
    ports, caller = review_ports_of(request.scope), review_caller_of(request.scope)
    review = await owned_review(ports, ReviewId(review_id), caller=caller, what=_WHAT)
    document, item = review.document, await ports.store.item(review.id, position)
    disputed = disputed_questions(item, document) if item.decision is None else []
    return page(
        request,
        "reviews/decide.html",
        section=SECTION,
        title=f"Row {item.position + 1} of {document.name}",
        review=review,
        item=item,
        columns=[(name, shown_value(value)) for name, value in shown_columns(document, item.row).items()],
        pairs={
            name: (("First", shown_value(first)), ("Second", shown_value(second)))
            for name, (first, second) in pair_texts(document, item.row).items()
        },
        answers=[
            (answer, [(name, shown_value(value)) for name, value in answer.values.items()]) for answer in item.answers
        ],
        disputed=disputed,
        final=[(name, shown_value(value)) for name, value in final_values(item, document).items()],
        questions=question_fields(document, item.row, final_values(item, document), sides=("first", "second")),
    )


@post(f"{_ITEM}/decide", opt=described(grant=WRITE))
async def decide(request: Request[Any, Any, Any], review_id: FromPath[str], position: FromPath[int]) -> Response[Any]:
    """Note what holds, and go on to the next row on which reviewers disagree."""
    fields = await read_lists(request)
    ports, caller = review_ports_of(request.scope), review_caller_of(request.scope)
    review = await owned_review(ports, ReviewId(review_id), caller=caller, what="decide")
    reason = next(iter(fields.get("reason", ())), "").strip()
    values = read_answer(review.document, fields)
    await decide_review_item(ports, review.id, position, caller=caller, values=values, reason=reason)
    following = await ports.store.items(review.id, states=[ItemState.DISPUTED], limit=1)
    here = f"/console/reviews/{review.id}"
    return send_on(request, f"{here}/items/{following[0].position}" if following else f"{here}/items?state=decided")


def _beginning(item: ReviewItem) -> str:
    texts = [value for value in item.row.values() if isinstance(value, str)]
    return shown_cell(max(texts, key=len) if texts else dict(item.row))


def _said(item: ReviewItem) -> str:
    """Return the answers, a reviewer's after another's."""
    return shown_cell("; ".join(f"{each.reviewer}: {_values(each.values)}" for each in item.answers))


def _values(values: Any) -> str:
    return ", ".join(f"{name} {shown_cell(value)}" for name, value in values.items())


PAGES = (list_items, show_item, decide)
