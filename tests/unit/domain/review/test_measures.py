import dataclasses
from typing import Any

import pytest

from tests.unit.domain.review.reviews import NOON, VALUES, an_answer, an_item, review_document
from textnlp.domain.review.agreement.ratings import Level
from textnlp.domain.review.measures import measure_questions, measure_reviewers, question_ratings
from textnlp.domain.review.model import Answer, ReviewItem, Skip


def items_of(question: str, *pairs: tuple[Any, Any]) -> list[ReviewItem]:
    return [
        an_item(an_answer("a", {question: one}), an_answer("b", {question: two}), position=position)
        for position, (one, two) in enumerate(pairs)
    ]


@pytest.mark.parametrize(
    ("question", "other", "level", "units"),
    [
        ("quality", 2, Level.ORDINAL, 1),
        ("tone", "cold", Level.NOMINAL, 1),
        ("topics", ["speed", "price"], Level.NOMINAL, 3),
        ("order", ["other", "reply"], Level.ORDINAL, 2),
        ("facts", [], Level.NOMINAL, 4),
        ("better", "Fast.", Level.NOMINAL, 1),
        ("pair", "second", Level.NOMINAL, 1),
    ],
)
def test_answers_of_every_kind_can_be_compared(question: str, other: Any, level: Level, units: int) -> None:
    document, same = review_document(), VALUES[question]
    items = items_of(question, (same, same), (other, other), (same, other))
    ratings = question_ratings(question, document.questions[question], items)
    assert (ratings.level, len(ratings.codes)) == (level, 3 * units)
    assert ratings.items.tolist() == [position for position in range(3) for _ in range(units)]
    agreement = measure_questions(items, document)[question]
    assert agreement.percent.value is not None
    assert 0.5 < agreement.percent.value < 1.0


def test_a_word_has_the_label_of_the_span_that_touches_it() -> None:
    document = review_document("facts")
    spans = [{"start": 4, "end": 10, "label": "wrong"}]
    ratings = question_ratings("facts", document.questions["facts"], items_of("facts", (spans, [])))
    assert ratings.codes.tolist() == [[0, 0], [2, 0], [2, 0], [0, 0]]


def test_questions_that_nobody_answered_have_no_agreement() -> None:
    found = measure_questions([an_item()], review_document())
    assert {each.alpha.value for each in found.values()} == {None}


def test_reviewers_are_measured_by_the_majority_of_the_others() -> None:
    document = review_document("quality", "tone", overlap=3)
    rows = [(4, 4, 4), (2, 2, 5), (1, 2, 3)]
    items = [
        an_item(
            *(
                Answer(reviewer=who, values={"quality": mark}, at=NOON, seconds=10.0 * mark)
                for who, mark in zip("abc", marks, strict=True)
            ),
            position=position,
        )
        for position, marks in enumerate(rows)
    ]
    items.append(dataclasses.replace(an_item(position=3), skips=(Skip(reviewer="d", at=NOON),)))
    a, b, c, d = measure_reviewers(items, document)
    assert (a.reviewer, a.answers, a.skips, a.median_seconds) == ("a", 3, 0, 20.0)
    # The first item compares all three; in the second only c faces a majority of the others, in the third nobody.
    assert (a.agreement, a.compared) == (1.0, 1)
    assert (c.agreement, c.compared) == (0.5, 2)
    assert b.agreement == 1.0
    assert (d.answers, d.skips, d.median_seconds, d.agreement) == (0, 1, None, None)
