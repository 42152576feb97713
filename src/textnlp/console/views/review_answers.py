"""The page on which somebody reviews: one item after another, answered, skipped and taken back by single keys."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath

from textnlp.api.caller import review_ports_of, reviewer_of
from textnlp.api.openapi import described
from textnlp.api.schemas.review import ReviewerName
from textnlp.application.answer_review_item import answer_review_item, skip_review_item
from textnlp.application.lend_review_item import LentItem, keep_review_item, lend_review_item
from textnlp.application.take_back_answer import take_back_answer
from textnlp.console.filled_form import read_lists
from textnlp.console.markdown import render_markdown
from textnlp.console.page import fragment, is_fragment_wanted, page, send_on
from textnlp.console.query import read_filters
from textnlp.console.review_form import question_fields, read_answer, shown_columns
from textnlp.console.shown_value import shown_value
from textnlp.domain.errors import invalid_input
from textnlp.domain.identifiers import ReviewId
from textnlp.domain.review.model import Review
from textnlp.topology.scopes import WRITE

_REVIEW = "/console/reviews/{review_id:str}"
_ITEM = f"{_REVIEW}/items/{{position:int}}"
_SECTION = "reviews"
_LONGEST_TRAIL = 50
_MOST_SECONDS_KEPT = 60


class AnswerQuery(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Who answers where no credentials are asked for, and which items were answered last, the latest first.

    `position` is the item that is shown, where it is the reviewer's.
    """

    reviewer: ReviewerName | None = None
    trail: Annotated[str, msgspec.Meta(max_length=1_000, pattern=r"^[0-9]*(,[0-9]+)*$")] = ""
    position: Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sitting:
    """One reviewer at work on one review."""

    request: Request[Any, Any, Any]
    review_id: ReviewId
    asked: AnswerQuery

    @property
    def reviewer(self) -> str:
        return reviewer_of(self.request.scope, self.asked.reviewer)

    @property
    def query(self) -> str:
        """The part of addresses that says who answers."""
        return f"?{urlencode({'reviewer': self.asked.reviewer})}" if self.asked.reviewer else ""

    def trail(self) -> list[int]:
        return [int(each) for each in self.asked.trail.split(",") if each][:_LONGEST_TRAIL]


@get(f"{_REVIEW}/answer", opt=described(grant=WRITE))
async def answer_page(request: Request[Any, Any, Any], review_id: FromPath[str]) -> Response[str]:
    """Show the next item of a review, with its guidelines beside it."""
    sitting = _Sitting(request=request, review_id=ReviewId(review_id), asked=read_filters(request, AnswerQuery))
    ports, position = review_ports_of(request.scope), sitting.asked.position
    review = await ports.store.get(sitting.review_id)
    if position is None:
        lent = await lend_review_item(ports, review.id, reviewer=sitting.reviewer)
    else:
        lent = await keep_review_item(ports, review.id, position, reviewer=sitting.reviewer)
    guidelines = review.document.guidelines
    return page(
        request,
        "reviews/answer.html",
        section=_SECTION,
        title=f"Review {review.document.name}",
        guidelines=render_markdown(guidelines) if guidelines else "",
        **await _item_facts(sitting, review, lent, trail=sitting.trail()),
    )


@post(f"{_ITEM}/answer", opt=described(grant=WRITE))
async def answer(request: Request[Any, Any, Any], review_id: FromPath[str], position: FromPath[int]) -> Response[Any]:
    """Note the answer, and go to the next item."""
    fields = await read_lists(request)
    sitting = _sitting(request, review_id, fields)
    ports = review_ports_of(request.scope)
    review = await ports.store.get(sitting.review_id)
    await answer_review_item(
        ports,
        review.id,
        position,
        reviewer=sitting.reviewer,
        values=read_answer(review.document, fields),
        comment=_comment(fields),
    )
    return await _onward(sitting, review, trail=[position, *sitting.trail()])


@post(f"{_ITEM}/skip", opt=described(grant=WRITE))
async def skip(request: Request[Any, Any, Any], review_id: FromPath[str], position: FromPath[int]) -> Response[Any]:
    """Leave the item to others, and go to the next one."""
    fields = await read_lists(request)
    sitting = _sitting(request, review_id, fields)
    ports = review_ports_of(request.scope)
    review = await ports.store.get(sitting.review_id)
    await skip_review_item(ports, review.id, position, reviewer=sitting.reviewer, reason=_comment(fields))
    return await _onward(sitting, review, trail=[position, *sitting.trail()])


@post(f"{_REVIEW}/undo", opt=described(grant=WRITE))
async def undo(request: Request[Any, Any, Any], review_id: FromPath[str]) -> Response[Any]:
    """Take back what was answered or skipped last, and show that item again as it was answered."""
    sitting = _sitting(request, review_id, await read_lists(request))
    ports, trail = review_ports_of(request.scope), sitting.trail()
    review = await ports.store.get(sitting.review_id)
    if not trail:
        raise invalid_input("Nothing was answered or skipped here that could be taken back.", field="trail")
    taken = await take_back_answer(ports, review.id, trail[0], reviewer=sitting.reviewer)
    if not is_fragment_wanted(request):
        return _send(sitting, trail=trail[1:], position=trail[0])
    facts = await _item_facts(sitting, review, taken.lent, trail=trail[1:], given=taken.values, comment=taken.comment)
    return fragment(request, "reviews/item.html", **facts)


@post(f"{_ITEM}/keep", opt=described(grant=WRITE))
async def keep(request: Request[Any, Any, Any], review_id: FromPath[str], position: FromPath[int]) -> Response[Any]:
    """Let the reviewer, who still has the page open, have the item for longer."""
    sitting = _sitting(request, review_id, {})
    await keep_review_item(review_ports_of(request.scope), sitting.review_id, position, reviewer=sitting.reviewer)
    return Response(None, status_code=204)


def _sitting(request: Request[Any, Any, Any], review_id: str, fields: Mapping[str, list[str]]) -> _Sitting:
    asked = read_filters(request, AnswerQuery)
    trail = next(iter(fields.get("trail", ())), "")
    try:
        asked = msgspec.convert({"reviewer": asked.reviewer, "trail": trail}, AnswerQuery)
    except msgspec.ValidationError as exc:
        raise invalid_input("trail: positions of items, with commas between.", field="trail") from exc
    return _Sitting(request=request, review_id=ReviewId(review_id), asked=asked)


async def _onward(sitting: _Sitting, review: Review, *, trail: list[int]) -> Response[Any]:
    if not is_fragment_wanted(sitting.request):
        return _send(sitting, trail=trail, position=None)
    ports = review_ports_of(sitting.request.scope)
    lent = await lend_review_item(ports, review.id, reviewer=sitting.reviewer)
    facts = await _item_facts(sitting, review, lent, trail=trail)
    return fragment(sitting.request, "reviews/item.html", **facts)


def _send(sitting: _Sitting, *, trail: list[int], position: int | None) -> Response[Any]:
    known: dict[str, Any] = {"reviewer": sitting.asked.reviewer, "trail": _joined(trail), "position": position}
    query = urlencode({name: value for name, value in known.items() if value not in {None, ""}})
    return send_on(sitting.request, f"/console/reviews/{sitting.review_id}/answer?{query}")


async def _item_facts(
    sitting: _Sitting,
    review: Review,
    lent: LentItem | None,
    *,
    trail: list[int],
    given: Mapping[str, Any] | None = None,
    comment: str = "",
) -> dict[str, Any]:
    document = review.document
    progress = await review_ports_of(sitting.request.scope).store.progress(review.id)
    row: Mapping[str, Any] = {} if lent is None else lent.view.row
    return {
        "review": review,
        "here": f"/console/reviews/{review.id}",
        "query": sitting.query,
        "trail": _joined(trail),
        "done": progress.answers,
        "whole": review.item_count * document.overlap,
        "item": None if lent is None else lent.view,
        "columns": [(name, shown_value(value)) for name, value in shown_columns(document, row).items()],
        "pairs": {} if lent is None else {name: _shown_pair(pair) for name, pair in lent.view.pairs.items()},
        "questions": [] if lent is None else question_fields(document, row, given or {}),
        "comment": comment,
        "keep_seconds": min(_MOST_SECONDS_KEPT, document.lease_seconds // 3),
    }


def _shown_pair(pair: tuple[Any, Any]) -> tuple[tuple[str, str], tuple[str, str]]:
    return ("Left", shown_value(pair[0])), ("Right", shown_value(pair[1]))


def _comment(fields: Mapping[str, list[str]]) -> str:
    return next(iter(fields.get("comment", ())), "").replace("\r\n", "\n").strip()


def _joined(trail: list[int]) -> str:
    return ",".join(map(str, trail[:_LONGEST_TRAIL]))


PAGES = (answer_page, answer, skip, undo, keep)
