import dataclasses
import json
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.domain.review.reviews import NOON, QUESTIONS, ROW, VALUES, an_item, later, review_document
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.review.exchange.label_studio import from_label_studio, labelling_interface, to_label_studio
from textnlp.domain.review.exchange.said_row import items_of
from textnlp.domain.review.model import Answer, ReviewItem, Skip
from textnlp.domain.review.rules import answer_item, skip_item

DOCUMENT = review_document(overlap=2)
OTHER: dict[str, Any] = {**VALUES, "topics": [], "facts": [], "pair": "tie"}


def item(*values: dict[str, Any]) -> ReviewItem:
    found = skip_item(an_item(), Skip(reviewer="skipper", at=later(5)))
    for number, each in enumerate(values):
        answer = Answer(reviewer=f"r{number}@example.org", values=each, at=later(number), seconds=2.5)
        found = answer_item(found, answer, document=DOCUMENT)
    return found


def test_tasks_come_back_with_every_answer_and_skip() -> None:
    items = [item(VALUES, OTHER), dataclasses.replace(an_item(), position=1)]
    tasks = json.loads(json.dumps(to_label_studio(items, DOCUMENT)))
    assert items_of(from_label_studio(tasks, DOCUMENT, at=NOON), DOCUMENT) == items


def test_a_task_is_what_label_studio_reads() -> None:
    (task,) = to_label_studio([item(VALUES)], DOCUMENT)
    annotation, skipped = task["annotations"]
    results = {result["from_name"]: (result["type"], result["value"]) for result in annotation["result"]}
    assert results["facts"] == ("labels", {"start": 3, "end": 8, "text": "boils", "labels": ["claim"]})
    assert results["quality"] == ("rating", {"rating": 4})
    assert results["pair"] == ("pairwise", {"selected": "left"})
    assert results["better"] == ("textarea", {"text": ["It boils fast."]})
    assert (skipped["was_cancelled"], skipped["result"]) == (True, [])


def test_an_export_of_label_studio_itself_is_read() -> None:
    tasks: list[Any] = [
        {
            "id": 7,
            "data": {"reply": ROW["reply"]},
            "annotations": [
                {
                    "id": 1,
                    "completed_by": 3,
                    "created_at": "2026-03-01T12:00:01.5Z",
                    "lead_time": 4,
                    "was_cancelled": False,
                    "result": [
                        {
                            "id": "x",
                            "from_name": "quality",
                            "to_name": "reply",
                            "type": "rating",
                            "value": {"rating": 2},
                        },
                        {"from_name": "else", "to_name": "reply", "type": "choices", "value": {"choices": ["a"]}},
                    ],
                },
            ],
            "predictions": [{"result": []}],
        },
    ]
    (said,) = from_label_studio(tasks, review_document("quality"), at=NOON)
    (answer,) = said.answers
    assert (said.row_id, answer.reviewer, dict(answer.values), answer.seconds) == ("7", "3", {"quality": 2}, 4.0)
    assert answer.at == later(1.5)


def test_the_interface_has_a_control_for_every_question_and_nothing_gets_out_of_its_place() -> None:
    document = review_document(*QUESTIONS, hidden=[])
    view = ET.fromstring(labelling_interface(document, ["reply", 'a"<b>']))  # noqa: S314  ours
    names = {each.get("name") for each in view.iter() if each.get("name")}
    assert set(QUESTIONS) <= names
    assert 'a"<b>' in names
    assert [each.get("value") for each in view.iter("Choice")] == ["warm", "cold", "speed", "price", "colour"]


@pytest.mark.parametrize(
    "tasks",
    [{}, [1], [{"data": 1}], [{"annotations": [{"result": [{"from_name": "quality", "value": {"rating": 99}}]}]}]],
)
def test_what_is_wrong_with_tasks_is_said(tasks: Any) -> None:
    document = review_document("quality")
    with pytest.raises(TextNLPError) as caught:
        items_of(from_label_studio(tasks, document, at=NOON), document)
    assert caught.value.kind is ErrorKind.INVALID_INPUT


_KEYS = ["data", "annotations", "result", "from_name", "value", "choices", "completed_by", "created_at", "lead_time"]
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["tone", "quality"]) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_KEYS), inner),
    max_leaves=12,
)


@given(st.lists(_JSON, max_size=3))
def test_nothing_that_comes_in_ends_in_a_surprise(tasks: list[Any]) -> None:
    try:
        items_of(from_label_studio(tasks, DOCUMENT, at=NOON), DOCUMENT)
    except TextNLPError as error:
        assert error.kind is ErrorKind.INVALID_INPUT  # noqa: PT017  either answer is right
