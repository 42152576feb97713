from typing import Any

import pytest

from tests.unit.domain.review.reviews import QUESTIONS
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.review.typed_values import choices_of, told, typed_values

SPANS = [{"start": 3, "end": 8, "label": "claim"}, {"start": 9, "end": 13, "label": "wrong"}]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("quality=4", 4),
        ("tone= warm ", "warm"),
        ("topics=speed, price", ["speed", "price"]),
        ("topics=", []),
        ('topics=["speed"]', ["speed"]),
        ("order=other,reply", ["other", "reply"]),
        ("facts=3-8:claim; 9-13:wrong", SPANS),
        ("facts=", []),
        ("better=a=b [c]", "a=b [c]"),
        ("better=[draft] x", "[draft] x"),
        ("pair=left", "left"),
    ],
)
def test_what_is_typed_becomes_the_answer(text: str, value: Any) -> None:
    assert typed_values([text], QUESTIONS) == {text.partition("=")[0]: value}


@pytest.mark.parametrize("text", ["quality=good", "quality", "other=1", "facts=claim", "facts=[1", "topics=[1"])
def test_what_is_no_answer_is_refused(text: str) -> None:
    with pytest.raises(TextNLPError) as caught:
        typed_values([text], QUESTIONS)
    assert caught.value.kind is ErrorKind.INVALID_INPUT


def test_choices_are_what_one_key_can_say() -> None:
    assert {name: choices_of(question) for name, question in QUESTIONS.items() if choices_of(question)} == {
        "quality": ["1", "2", "3", "4", "5"],
        "tone": ["warm", "cold"],
        "pair": ["left", "right", "tie"],
    }
    assert choices_of({"kind": "pairwise", "tie": False}) == ["left", "right"]


def test_people_are_told_how_to_answer_every_question() -> None:
    assert told(QUESTIONS["facts"]) == "START-END:LABEL with semicolons between; labels claim, wrong"
    assert all(told(question) for question in QUESTIONS.values())
