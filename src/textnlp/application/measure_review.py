"""Measure a review: how far it is, how reviewers agree, and what a judge's scores are worth."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from textnlp.application.decide_review_item import owned_review
from textnlp.application.review_ports import ReviewCaller, ReviewPorts
from textnlp.domain.identifiers import ReviewId
from textnlp.domain.review.agreement.summary import Agreement
from textnlp.domain.review.calibration import CalibrationDocument, calibrate
from textnlp.domain.review.measures import ReviewerMeasure, measure_questions, measure_reviewers
from textnlp.domain.review.model import Review, ReviewItem, ReviewProgress

_ITEMS_A_READ = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewMeasures:
    """What there is to know of a review.

    Attributes:
        questions: agreement by question.
    """

    review: Review
    progress: ReviewProgress
    questions: Mapping[str, Agreement]
    reviewers: Sequence[ReviewerMeasure]


async def measure_review(ports: ReviewPorts, review_id: ReviewId, *, caller: ReviewCaller) -> ReviewMeasures:
    """Measure a review for its owner; raise `FORBIDDEN` for others."""
    review = await owned_review(ports, review_id, caller=caller, what="see how reviewers agree")
    items = await all_items(ports, review_id)
    questions = await asyncio.to_thread(measure_questions, items, review.document)
    return ReviewMeasures(
        review=review,
        progress=await ports.store.progress(review_id),
        questions=questions,
        reviewers=await asyncio.to_thread(measure_reviewers, items, review.document),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationRequest:
    """What a judge is compared with, in the terms of `calibration.calibrate`."""

    judge: str
    question: str
    good: str | None = None
    wanted_precision: float | None = None


async def calibrate_judge(
    ports: ReviewPorts, review_id: ReviewId, request: CalibrationRequest, *, caller: ReviewCaller
) -> CalibrationDocument:
    """Compare a judge's scores with what people said; raise `FORBIDDEN` for others than the owner of the review."""
    review = await owned_review(ports, review_id, caller=caller, what="compare judges with it")
    items = await all_items(ports, review_id)

    def compare() -> CalibrationDocument:
        found = calibrate(
            items,
            review.document,
            judge=request.judge,
            question=request.question,
            good=request.good,
            wanted_precision=request.wanted_precision,
        )
        return CalibrationDocument(review=review.id, judges=[found])

    return await asyncio.to_thread(compare)


async def all_items(ports: ReviewPorts, review_id: ReviewId) -> list[ReviewItem]:
    """Return every item of a review, in its order."""
    found: list[ReviewItem] = []
    while page := await ports.store.items(review_id, after=len(found) - 1, limit=_ITEMS_A_READ):
        found += page
    return found
