# Made from the OpenAPI document. To renew: make reference
"""The operations around reviews."""

from collections.abc import AsyncGenerator, Generator, Sequence

from textnlp.client.async_transport import AsyncTransport
from textnlp.client.call import Call, segment
from textnlp.client.reviews_models import (
    CalibrationRead,
    ExportForm,
    ItemState,
    ReviewAgreementRead,
    ReviewAnswerWrite,
    ReviewCommentWrite,
    ReviewCreate,
    ReviewDecisionWrite,
    ReviewExportQuery,
    ReviewExportRead,
    ReviewItemPage,
    ReviewItemRead,
    ReviewNextRead,
    ReviewNextWrite,
    ReviewPage,
    ReviewRead,
    ReviewReceipt,
    ReviewSkipWrite,
)
from textnlp.client.transport import Transport


class Reviews:
    """The operations around reviews, one call at a time."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(self, *, limit: int | None = None, before: str | None = None) -> ReviewPage:
        """List reviews, newest first."""
        return self._transport.decoded(_list(limit=limit, before=before), ReviewPage)

    def create(self, body: ReviewCreate) -> ReviewRead:
        """Draw rows as the review says, and ask people about them; who makes it is its owner.

        Rows come in the body, from a batch that has ended, or from another tool with what was answered there.
        """
        return self._transport.decoded(_create(body), ReviewRead)

    def show(self, review_id: str) -> ReviewRead:
        """Show a review, its guidelines and questions, and how far it is."""
        return self._transport.decoded(_show(review_id), ReviewRead)

    def remove(self, review_id: str) -> None:
        """Delete a review with everything that was said; only its owner may. Exports that are kept stay."""
        self._transport.done(_remove(review_id))

    def next_item(self, review_id: str, body: ReviewNextWrite) -> ReviewNextRead:
        """Give the reviewer an item, which is theirs to answer until a moment; asking again gives the same one.

        Items that others have answered come first, so that they get all their answers soon.
        """
        return self._transport.decoded(_next_item(review_id, body), ReviewNextRead)

    def answer_item(self, review_id: str, position: str, body: ReviewAnswerWrite) -> ReviewReceipt:
        """Note what a reviewer says, in place of what they said before; answering twice alike is harmless."""
        return self._transport.decoded(_answer_item(review_id, position, body), ReviewReceipt)

    def skip_item(self, review_id: str, position: str, body: ReviewSkipWrite) -> ReviewReceipt:
        """Leave an item to others; the reviewer is not given it again."""
        return self._transport.decoded(_skip_item(review_id, position, body), ReviewReceipt)

    def comment_on_item(self, review_id: str, position: str, body: ReviewCommentWrite) -> ReviewReceipt:
        """Leave a remark on an item for its owner."""
        return self._transport.decoded(_comment_on_item(review_id, position, body), ReviewReceipt)

    def list_items(
        self,
        review_id: str,
        *,
        state: Sequence[ItemState] | None = None,
        limit: int | None = None,
        after: int | None = None,
    ) -> ReviewItemPage:
        """List items with everything that was said of them; only the owner of the review may."""
        return self._transport.decoded(_list_items(review_id, state=state, limit=limit, after=after), ReviewItemPage)

    def decide_item(self, review_id: str, position: str, body: ReviewDecisionWrite) -> ReviewItemRead:
        """Say what holds where reviewers disagree, in place of an earlier decision; only the owner may."""
        return self._transport.decoded(_decide_item(review_id, position, body), ReviewItemRead)

    def show_agreement(self, review_id: str) -> ReviewAgreementRead:
        """Measure agreement by question, and how each reviewer works; only the owner of the review may."""
        return self._transport.decoded(_show_agreement(review_id), ReviewAgreementRead)

    def show_calibration(
        self, review_id: str, *, judge: str, question: str, good: str | None = None, precision: float | None = None
    ) -> CalibrationRead:
        """Compare the scores of a judge with the settled answers, and choose a threshold; only the owner may."""
        return self._transport.decoded(
            _show_calibration(review_id, judge=judge, question=question, good=good, precision=precision),
            CalibrationRead,
        )

    def export(self, review_id: str, *, format_: ExportForm | None = None) -> Generator[bytes]:
        """Answer with the review in a form: JSON lines, or one JSON list for Argilla and Label Studio.

        Only the owner may.
        """
        return self._transport.pieces(_export(review_id, format_=format_))

    def keep_export(self, review_id: str, body: ReviewExportQuery) -> ReviewExportRead:
        """Write an export among the blobs of human evaluations, in place of the one of this form before."""
        return self._transport.decoded(_keep_export(review_id, body), ReviewExportRead)


class AsyncReviews:
    """The operations around reviews, while others work."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def list(self, *, limit: int | None = None, before: str | None = None) -> ReviewPage:
        """List reviews, newest first."""
        return await self._transport.decoded(_list(limit=limit, before=before), ReviewPage)

    async def create(self, body: ReviewCreate) -> ReviewRead:
        """Draw rows as the review says, and ask people about them; who makes it is its owner.

        Rows come in the body, from a batch that has ended, or from another tool with what was answered there.
        """
        return await self._transport.decoded(_create(body), ReviewRead)

    async def show(self, review_id: str) -> ReviewRead:
        """Show a review, its guidelines and questions, and how far it is."""
        return await self._transport.decoded(_show(review_id), ReviewRead)

    async def remove(self, review_id: str) -> None:
        """Delete a review with everything that was said; only its owner may. Exports that are kept stay."""
        await self._transport.done(_remove(review_id))

    async def next_item(self, review_id: str, body: ReviewNextWrite) -> ReviewNextRead:
        """Give the reviewer an item, which is theirs to answer until a moment; asking again gives the same one.

        Items that others have answered come first, so that they get all their answers soon.
        """
        return await self._transport.decoded(_next_item(review_id, body), ReviewNextRead)

    async def answer_item(self, review_id: str, position: str, body: ReviewAnswerWrite) -> ReviewReceipt:
        """Note what a reviewer says, in place of what they said before; answering twice alike is harmless."""
        return await self._transport.decoded(_answer_item(review_id, position, body), ReviewReceipt)

    async def skip_item(self, review_id: str, position: str, body: ReviewSkipWrite) -> ReviewReceipt:
        """Leave an item to others; the reviewer is not given it again."""
        return await self._transport.decoded(_skip_item(review_id, position, body), ReviewReceipt)

    async def comment_on_item(self, review_id: str, position: str, body: ReviewCommentWrite) -> ReviewReceipt:
        """Leave a remark on an item for its owner."""
        return await self._transport.decoded(_comment_on_item(review_id, position, body), ReviewReceipt)

    async def list_items(
        self,
        review_id: str,
        *,
        state: Sequence[ItemState] | None = None,
        limit: int | None = None,
        after: int | None = None,
    ) -> ReviewItemPage:
        """List items with everything that was said of them; only the owner of the review may."""
        return await self._transport.decoded(
            _list_items(review_id, state=state, limit=limit, after=after), ReviewItemPage
        )

    async def decide_item(self, review_id: str, position: str, body: ReviewDecisionWrite) -> ReviewItemRead:
        """Say what holds where reviewers disagree, in place of an earlier decision; only the owner may."""
        return await self._transport.decoded(_decide_item(review_id, position, body), ReviewItemRead)

    async def show_agreement(self, review_id: str) -> ReviewAgreementRead:
        """Measure agreement by question, and how each reviewer works; only the owner of the review may."""
        return await self._transport.decoded(_show_agreement(review_id), ReviewAgreementRead)

    async def show_calibration(
        self, review_id: str, *, judge: str, question: str, good: str | None = None, precision: float | None = None
    ) -> CalibrationRead:
        """Compare the scores of a judge with the settled answers, and choose a threshold; only the owner may."""
        return await self._transport.decoded(
            _show_calibration(review_id, judge=judge, question=question, good=good, precision=precision),
            CalibrationRead,
        )

    def export(self, review_id: str, *, format_: ExportForm | None = None) -> AsyncGenerator[bytes]:
        """Answer with the review in a form: JSON lines, or one JSON list for Argilla and Label Studio.

        Only the owner may.
        """
        return self._transport.pieces(_export(review_id, format_=format_))

    async def keep_export(self, review_id: str, body: ReviewExportQuery) -> ReviewExportRead:
        """Write an export among the blobs of human evaluations, in place of the one of this form before."""
        return await self._transport.decoded(_keep_export(review_id, body), ReviewExportRead)


def _list(*, limit: int | None = None, before: str | None = None) -> Call:
    return Call(method="GET", path="/api/v1/reviews", query={"limit": limit, "before": before})


def _create(body: ReviewCreate) -> Call:
    return Call(method="POST", path="/api/v1/reviews", body=body, takes_key=True)


def _show(review_id: str) -> Call:
    return Call(method="GET", path=f"/api/v1/reviews/{segment(review_id)}")


def _remove(review_id: str) -> Call:
    return Call(method="DELETE", path=f"/api/v1/reviews/{segment(review_id)}")


def _next_item(review_id: str, body: ReviewNextWrite) -> Call:
    return Call(method="POST", path=f"/api/v1/reviews/{segment(review_id)}/next", body=body)


def _answer_item(review_id: str, position: str, body: ReviewAnswerWrite) -> Call:
    return Call(method="POST", path=f"/api/v1/reviews/{segment(review_id)}/items/{segment(position)}/answer", body=body)


def _skip_item(review_id: str, position: str, body: ReviewSkipWrite) -> Call:
    return Call(method="POST", path=f"/api/v1/reviews/{segment(review_id)}/items/{segment(position)}/skip", body=body)


def _comment_on_item(review_id: str, position: str, body: ReviewCommentWrite) -> Call:
    return Call(
        method="POST",
        path=f"/api/v1/reviews/{segment(review_id)}/items/{segment(position)}/comments",
        body=body,
        takes_key=True,
    )


def _list_items(
    review_id: str, *, state: Sequence[ItemState] | None = None, limit: int | None = None, after: int | None = None
) -> Call:
    return Call(
        method="GET",
        path=f"/api/v1/reviews/{segment(review_id)}/items",
        query={"state": state, "limit": limit, "after": after},
    )


def _decide_item(review_id: str, position: str, body: ReviewDecisionWrite) -> Call:
    return Call(method="POST", path=f"/api/v1/reviews/{segment(review_id)}/items/{segment(position)}/decide", body=body)


def _show_agreement(review_id: str) -> Call:
    return Call(method="GET", path=f"/api/v1/reviews/{segment(review_id)}/agreement")


def _show_calibration(
    review_id: str, *, judge: str, question: str, good: str | None = None, precision: float | None = None
) -> Call:
    return Call(
        method="GET",
        path=f"/api/v1/reviews/{segment(review_id)}/calibration",
        query={"judge": judge, "question": question, "good": good, "precision": precision},
    )


def _export(review_id: str, *, format_: ExportForm | None = None) -> Call:
    return Call(
        method="GET",
        path=f"/api/v1/reviews/{segment(review_id)}/export",
        query={"format": format_},
        accept="application/x-ndjson",
    )


def _keep_export(review_id: str, body: ReviewExportQuery) -> Call:
    return Call(method="POST", path=f"/api/v1/reviews/{segment(review_id)}/export", body=body)
