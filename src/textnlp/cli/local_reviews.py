"""The reviews of the data folder, answered for as a running platform answers for its own."""

from collections.abc import AsyncGenerator, Sequence
from typing import Any, TypeVar

import msgspec

from textnlp.application.answer_review_item import answer_review_item, comment_on_review_item, skip_review_item
from textnlp.application.begin_review import ReviewSource, begin_review
from textnlp.application.decide_review_item import decide_review_item
from textnlp.application.export_review import ExportForm as Form
from textnlp.application.export_review import export_review
from textnlp.application.lend_review_item import lend_review_item
from textnlp.application.measure_review import CalibrationRequest, calibrate_judge, measure_review
from textnlp.application.review_ports import ReviewCaller, ReviewPorts
from textnlp.client.reviews_models import (
    CalibrationRead,
    ExportForm,
    ItemState,
    ReviewAgreementRead,
    ReviewAnswerWrite,
    ReviewCommentWrite,
    ReviewCreate,
    ReviewDecisionWrite,
    ReviewItemPage,
    ReviewItemRead,
    ReviewNextRead,
    ReviewNextWrite,
    ReviewPage,
    ReviewRead,
    ReviewReceipt,
    ReviewSkipWrite,
)
from textnlp.domain.identifiers import ReviewId
from textnlp.domain.review import facts
from textnlp.domain.review.document import read_review_document
from textnlp.domain.review.model import ItemState as State
from textnlp.domain.review.model import Review, ReviewProgress

_MOST_A_PAGE = 50
_Shape = TypeVar("_Shape")


class LocalReviews:
    """Answers as `AsyncReviews` of the client does, without a platform; its caller may do everything.

    Raises what the use cases and the store do.
    """

    def __init__(self, ports: ReviewPorts, *, caller: ReviewCaller) -> None:
        self._ports = ports
        self._caller = caller

    async def create(self, body: ReviewCreate) -> ReviewRead:
        """Draw rows as the review says, and put them under review."""
        given = {name: getattr(body, name) for name in ("rows", "batch_id", "argilla", "label_studio")}
        source = ReviewSource(**{name: value for name, value in given.items() if value is not None})
        document = read_review_document(body.review)
        return _read(await begin_review(self._ports, document, source, caller=self._caller))

    async def list(self, *, limit: int | None = None, before: str | None = None) -> ReviewPage:
        """List reviews, newest first."""
        most = limit or _MOST_A_PAGE
        found = await self._ports.store.newest(before=None if before is None else ReviewId(before), limit=most)
        return ReviewPage(
            reviews=[_read(review) for review in found],
            next_before=found[-1].id if len(found) == most else None,
        )

    async def show(self, review_id: str) -> ReviewRead:
        """Show a review and how far it is."""
        review = await self._ports.store.get(ReviewId(review_id))
        return _read(review, await self._ports.store.progress(review.id))

    async def next_item(self, review_id: str, body: ReviewNextWrite) -> ReviewNextRead:
        """Give the reviewer an item."""
        lent = await lend_review_item(self._ports, ReviewId(review_id), reviewer=self._reviewer(body.reviewer))
        view = None if lent is None else facts.view_facts(lent.view, until=lent.until)
        return _as(ReviewNextRead, {"item": view})

    async def answer_item(self, review_id: str, position: str, body: ReviewAnswerWrite) -> ReviewReceipt:
        """Note what a reviewer says."""
        reviewer = self._reviewer(body.reviewer)
        await answer_review_item(
            self._ports,
            ReviewId(review_id),
            int(position),
            reviewer=reviewer,
            values=body.values,
            comment=body.comment or "",
        )
        return ReviewReceipt(position=int(position), reviewer=reviewer, noted="answer")

    async def skip_item(self, review_id: str, position: str, body: ReviewSkipWrite) -> ReviewReceipt:
        """Leave an item to others."""
        reviewer, place = self._reviewer(body.reviewer), int(position)
        await skip_review_item(self._ports, ReviewId(review_id), place, reviewer=reviewer, reason=body.reason or "")
        return ReviewReceipt(position=place, reviewer=reviewer, noted="skip")

    async def comment_on_item(self, review_id: str, position: str, body: ReviewCommentWrite) -> ReviewReceipt:
        """Leave a remark on an item."""
        reviewer, place = self._reviewer(body.reviewer), int(position)
        await comment_on_review_item(self._ports, ReviewId(review_id), place, reviewer=reviewer, text=body.text)
        return ReviewReceipt(position=place, reviewer=reviewer, noted="comment")

    async def list_items(
        self,
        review_id: str,
        *,
        state: Sequence[ItemState] | None = None,
        limit: int | None = None,
        after: int | None = None,
    ) -> ReviewItemPage:
        """List items with everything that was said of them."""
        review = await self._ports.store.get(ReviewId(review_id))
        most, states = limit or _MOST_A_PAGE, [State(each) for each in state or ()] or None
        items = await self._ports.store.items(
            review.id, states=states, after=-1 if after is None else after, limit=most
        )
        return ReviewItemPage(
            items=[_as(ReviewItemRead, facts.item_facts(item, review.document)) for item in items],
            next_after=items[-1].position if len(items) == most else None,
        )

    async def decide_item(self, review_id: str, position: str, body: ReviewDecisionWrite) -> ReviewItemRead:
        """Say what holds where reviewers disagree."""
        item = await decide_review_item(
            self._ports,
            ReviewId(review_id),
            int(position),
            caller=self._caller,
            values=body.values,
            reason=body.reason or "",
        )
        review = await self._ports.store.get(ReviewId(review_id))
        return _as(ReviewItemRead, facts.item_facts(item, review.document))

    async def show_agreement(self, review_id: str) -> ReviewAgreementRead:
        """Measure agreement by question, and how each reviewer works."""
        found = await measure_review(self._ports, ReviewId(review_id), caller=self._caller)
        progress = facts.progress_facts(found.progress)
        measured = {"progress": progress, "questions": found.questions, "reviewers": found.reviewers}
        return _as(ReviewAgreementRead, measured)

    async def show_calibration(
        self, review_id: str, *, judge: str, question: str, good: str | None = None, precision: float | None = None
    ) -> CalibrationRead:
        """Compare the scores of a judge with the settled answers."""
        asked = CalibrationRequest(judge=judge, question=question, good=good, wanted_precision=precision)
        document = await calibrate_judge(self._ports, ReviewId(review_id), asked, caller=self._caller)
        return _as(CalibrationRead, facts.calibration_facts(document))

    async def export(self, review_id: str, *, format_: ExportForm | None = None) -> AsyncGenerator[bytes]:
        """Yield the review in a form."""
        wanted = Form.JSONL if format_ is None else Form(format_)
        yield await export_review(self._ports, ReviewId(review_id), wanted, caller=self._caller)

    def _reviewer(self, name: str | None) -> str:
        return name or self._caller.name


def _read(review: Review, progress: ReviewProgress | None = None) -> ReviewRead:
    known = None if progress is None else facts.progress_facts(progress)
    return _as(ReviewRead, {**facts.review_facts(review), "progress": known})


def _as(shape: type[_Shape], facts_of_it: Any) -> _Shape:
    return msgspec.convert(facts_of_it, shape, from_attributes=True)
