from typing import Any

import pytest

from tests.unit.domain.review.reviews import QUESTIONS, ROW, VALUES, review_document
from textnlp.console.review_form import QuestionField, pair_texts, question_fields, read_answer, shown_columns
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.review.answers import checked_values
from textnlp.domain.review.document import ReviewDocument

FILLED: dict[str, list[str]] = {
    "values.quality": ["4"],
    "values.tone": ["warm"],
    "values.topics": ["speed"],
    "values.order": ["reply", "other"],
    "values.facts": ["3-8:claim"],
    "values.better": ["It boils fast."],
    "values.pair": ["first"],
}


def field(name: str, given: dict[str, Any] | None = None) -> QuestionField:
    (found,) = question_fields(review_document(name), ROW, given or {})
    return found


def test_what_is_filled_in_is_an_answer_to_every_kind_of_question() -> None:
    document = review_document()
    assert read_answer(document, FILLED) == VALUES
    assert checked_values(document, ROW, read_answer(document, FILLED)) == VALUES


def test_a_blank_form_answers_the_questions_to_which_nothing_is_an_answer() -> None:
    assert read_answer(review_document(), {"values.quality": [""], "values.order": ["", ""]}) == {
        "topics": [],
        "facts": [],
    }
    topics = {**QUESTIONS["topics"], "required": False}
    optional = ReviewDocument.model_validate({"name": "replies", "questions": {"topics": topics}})
    assert read_answer(optional, {}) == {}


def test_passages_may_be_json_and_lines_of_a_text_end_as_they_do_elsewhere() -> None:
    given = {"values.facts": ['[{"start": 3, "end": 8, "label": "claim"}]'], "values.better": ["a\r\nb"]}
    assert read_answer(review_document("facts", "better"), given) == {"facts": VALUES["facts"], "better": "a\nb"}


def test_what_cannot_be_read_is_refused_by_its_name() -> None:
    with pytest.raises(TextNLPError) as caught:
        read_answer(review_document("facts"), {"values.facts": ["somewhere"]})
    assert (caught.value.kind, caught.value.facts.field) == (ErrorKind.INVALID_INPUT, "facts")


def test_single_digits_choose_and_marks_are_their_own() -> None:
    assert [choice.key for choice in field("quality").choices] == ["1", "2", "3", "4", "5"]
    assert [(choice.key, choice.value) for choice in field("tone").choices] == [("1", "warm"), ("2", "cold")]
    assert [choice.value for choice in field("pair").choices] == ["left", "right", "tie"]


@pytest.mark.parametrize(("name", "chosen"), [("quality", ["4"]), ("tone", ["warm"]), ("topics", ["speed"])])
def test_what_was_given_before_is_chosen(name: str, chosen: list[str]) -> None:
    assert [choice.value for choice in field(name, VALUES).choices if choice.is_chosen] == chosen
    assert not any(choice.is_chosen for choice in field(name).choices)


def test_texts_ranks_and_passages_are_filled_in() -> None:
    assert field("better").given == ROW["reply"]
    assert field("better", VALUES).given == "It boils fast."
    assert (field("order").ranked, field("order", VALUES).ranked) == (("", ""), ("reply", "other"))
    assert (field("facts").given, field("facts", VALUES).given) == ("", '[{"start":3,"end":8,"label":"claim"}]')
    assert field("facts").text == ROW["reply"]


def test_a_column_that_a_question_shows_is_not_shown_twice() -> None:
    assert "reply" not in shown_columns(review_document("facts"), ROW)
    assert "reply" in shown_columns(review_document("quality"), ROW)
    assert pair_texts(review_document("pair", "quality"), ROW) == {"pair": (ROW["reply"], ROW["other"])}
