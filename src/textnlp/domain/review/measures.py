"""Agreement on the questions of a review, and how each reviewer works."""

import statistics
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from textnlp.domain.review.agreement.bootstrap import REPLICATES
from textnlp.domain.review.agreement.ratings import Level, Ratings, ratings_of
from textnlp.domain.review.agreement.summary import Agreement, measure_agreement
from textnlp.domain.review.answers import comparable, is_same_answer
from textnlp.domain.review.document import ReviewDocument
from textnlp.domain.review.model import Answer, ReviewItem
from textnlp.domain.review.questions import (
    AnyQuestion,
    LabelQuestion,
    MultiLabelQuestion,
    PairwiseQuestion,
    RankingQuestion,
    RatingQuestion,
    SpanQuestion,
)
from textnlp.domain.review.row_values import text_at

_NO_LABEL = ""
_AFFORDABLE_CELLS = 100_000_000
_FEWEST_REPLICATES = 100
_Unit = dict[str, Hashable]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewerMeasure:
    """How one reviewer works.

    Attributes:
        answers, skips: items answered and skipped.
        median_seconds: for an answer, from when the item was given; None where that is not known.
        agreement: share of the questions, answered by others too, on which most of the others say the same;
            None where there is nothing to compare with.
        compared: how many questions that is of.
    """

    reviewer: str
    answers: int
    skips: int
    median_seconds: float | None
    agreement: float | None
    compared: int


def measure_questions(items: Sequence[ReviewItem], document: ReviewDocument) -> dict[str, Agreement]:
    """Measure agreement on every question; the seed of the document decides the intervals."""
    found: dict[str, Agreement] = {}
    for name, question in document.questions.items():
        ratings = question_ratings(name, question, items)
        # Words of spans can be millions: the intervals of so many are narrow, and need fewer replicates.
        affordable = _AFFORDABLE_CELLS // max(1, ratings.codes.size)
        replicates = max(_FEWEST_REPLICATES, min(REPLICATES, affordable))
        found[name] = measure_agreement(ratings, seed=document.seed, replicates=replicates)
    return found


def question_ratings(name: str, question: AnyQuestion, items: Sequence[ReviewItem]) -> Ratings:
    """Return what reviewers answered to a question as ratings.

    A rating is of its own level, a label, a side of a pair and an edit (less white space) are nominal. A unit is an
    item; but for several labels it is an item and a label, chosen or not; for rankings an item and an option, rated
    with its rank; for spans a word of the text, rated with the label of the first span that touches it.
    """
    units: list[_Unit] = []
    owners: list[int] = []
    for item in items:
        found = _units(
            question, item, [(each.reviewer, each.values[name]) for each in item.answers if name in each.values]
        )
        units.extend(found)
        owners.extend([item.position] * len(found))
    level, order = _scale(question)
    return ratings_of(units, level=level, order=order, items=owners)


def measure_reviewers(items: Sequence[ReviewItem], document: ReviewDocument) -> list[ReviewerMeasure]:
    """Measure every reviewer who answered or skipped something, by name."""
    answers: dict[str, list[Answer]] = {}
    skips: dict[str, int] = {}
    same: dict[str, list[bool]] = {}
    for item in items:
        for skip in item.skips:
            skips[skip.reviewer] = skips.get(skip.reviewer, 0) + 1
        for answer in item.answers:
            answers.setdefault(answer.reviewer, []).append(answer)
            same.setdefault(answer.reviewer, []).extend(_comparisons(answer, item, document))
    return [
        _measure(reviewer, answers.get(reviewer, []), skips.get(reviewer, 0), same.get(reviewer, []))
        for reviewer in sorted(answers.keys() | skips.keys())
    ]


def _measure(reviewer: str, answers: list[Answer], skips: int, same: list[bool]) -> ReviewerMeasure:
    seconds = [answer.seconds for answer in answers if answer.seconds is not None]
    return ReviewerMeasure(
        reviewer=reviewer,
        answers=len(answers),
        skips=skips,
        median_seconds=statistics.median(seconds) if seconds else None,
        agreement=sum(same) / len(same) if same else None,
        compared=len(same),
    )


def _comparisons(answer: Answer, item: ReviewItem, document: ReviewDocument) -> list[bool]:
    """Tell for each question with a majority among the others whether the answer is the majority's."""
    found: list[bool] = []
    for name, question in document.questions.items():
        others = [
            each.values[name] for each in item.answers if each.reviewer != answer.reviewer and name in each.values
        ]
        if name not in answer.values or not others:
            continue
        counts = [sum(is_same_answer(question, value, other) for other in others) for value in others]
        if 2 * max(counts) > len(others):
            majority = others[counts.index(max(counts))]
            found.append(is_same_answer(question, answer.values[name], majority))
    return found


def _scale(question: AnyQuestion) -> tuple[Level, Sequence[Hashable] | None]:  # noqa: PLR0911  one a kind
    match question:
        case RatingQuestion():
            return Level(question.level), range(question.low, question.high + 1)
        case RankingQuestion():
            return Level.ORDINAL, range(1, len(question.options) + 1)
        case LabelQuestion():
            return Level.NOMINAL, question.labels
        case PairwiseQuestion():
            return Level.NOMINAL, ("first", "second", "tie")
        case MultiLabelQuestion():
            return Level.NOMINAL, (False, True)
        case SpanQuestion():
            return Level.NOMINAL, (_NO_LABEL, *question.labels)
        case _:
            return Level.NOMINAL, None


def _units(question: AnyQuestion, item: ReviewItem, given: Sequence[tuple[str, Any]]) -> list[_Unit]:
    if not given:
        return []
    match question:
        case MultiLabelQuestion():
            return [{reviewer: label in value for reviewer, value in given} for label in question.labels]
        case RankingQuestion():
            return [{who: value.index(option) + 1 for who, value in given} for option in question.options]
        case SpanQuestion():
            return _word_units(text_at(item.row, question.column) or "", given)
        case _:
            return [{reviewer: comparable(question, value) for reviewer, value in given}]


def _word_units(text: str, given: Sequence[tuple[str, Any]]) -> list[_Unit]:
    units: list[_Unit] = []
    end = 0
    for word in text.split():
        start = text.index(word, end)
        end = start + len(word)
        units.append({reviewer: _label_within(spans, start, end) for reviewer, spans in given})
    return units


def _label_within(spans: Sequence[Mapping[str, Any]], start: int, end: int) -> str:
    return next((span["label"] for span in spans if span["start"] < end and start < span["end"]), _NO_LABEL)
