from typing import Any

import pytest

from tests.unit.domain.review.reviews import ROW, VALUES, review_document
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.review.answers import checked_values, is_same_answer

DOCUMENT = review_document()


def test_an_answer_that_fits_is_kept_in_the_order_of_the_questions() -> None:
    kept = checked_values(DOCUMENT, ROW, dict(reversed(VALUES.items())))
    assert kept == VALUES
    assert list(kept) == list(VALUES)


def test_equal_answers_are_kept_as_equal_values() -> None:
    spans = [{"start": 9, "end": 13, "label": "wrong"}, {"label": "claim", "end": 8, "start": 3}]
    kept = checked_values(
        DOCUMENT, ROW, {**VALUES, "quality": 4.0, "topics": ["price", "speed", "price"], "facts": spans}
    )
    assert kept["quality"] == 4
    assert kept["topics"] == ["speed", "price"]
    assert kept["facts"] == [spans[1], spans[0]]


LISTS: list[Any] = [["reply"], ["reply", "reply"], ["reply", "else"], [1, 2], [{}, []]]
SPANS: list[Any] = ["claim", [1], [{"start": 0, "end": 1}], [{}]]
WRONG: list[tuple[str, Any]] = [
    *(("quality", value) for value in (0, 6, 2.5, True, "4", [4], float("nan"))),
    *(("tone", value) for value in ("hot", 1, ["warm"])),
    *(("topics", value) for value in ("speed", ["speed", "weight"], [["speed"]], [None], {"speed": 1})),
    *(("order", value) for value in LISTS),
    *(("facts", value) for value in SPANS),
    ("facts", [{"start": 4, "end": 4, "label": "claim"}]),
    ("facts", [{"start": 0, "end": 99, "label": "claim"}]),
    ("facts", [{"start": False, "end": 1, "label": "claim"}]),
    ("facts", [{"start": 0, "end": 1, "label": "unknown"}]),
    ("facts", [{"start": 0, "end": 1, "label": "claim", "text": "I"}]),
    *(("better", value) for value in (1, ["text"], "x" * 200_001)),
    *(("pair", value) for value in ("left", "reply", 1)),
    ("quality", None),
    ("unasked", 1),
]


@pytest.mark.parametrize(("question", "value"), WRONG)
def test_an_answer_that_does_not_fit_is_refused_with_its_question(question: str, value: Any) -> None:
    with pytest.raises(TextNLPError) as caught:
        checked_values(DOCUMENT, ROW, {**VALUES, question: value})
    assert caught.value.kind is ErrorKind.INVALID_INPUT
    assert caught.value.facts.field == f"values.{question}"


def test_what_is_not_required_may_be_left_out_but_not_everything() -> None:
    document = review_document("tone").model_copy(
        update={"questions": {"tone": DOCUMENT.questions["tone"].model_copy(update={"required": False})}}
    )
    with pytest.raises(TextNLPError, match="one question at least"):
        checked_values(document, ROW, {})
    assert checked_values(DOCUMENT, ROW, {"tone": "cold"}, is_partial=True) == {"tone": "cold"}


def test_ratings_within_the_tolerance_and_edits_that_differ_in_spaces_agree() -> None:
    strict, edit = DOCUMENT.questions["quality"], DOCUMENT.questions["better"]
    loose = strict.model_copy(update={"tolerance": 1})
    assert is_same_answer(loose, 3, 4)
    assert not is_same_answer(loose, 3, 5)
    assert not is_same_answer(strict, 3, 4)
    assert is_same_answer(edit, "a  b\n", " a b")
    assert not is_same_answer(edit, "a b", "ab")
