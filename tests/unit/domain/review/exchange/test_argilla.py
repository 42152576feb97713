import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.domain.review.reviews import NOON, ROW, VALUES, an_answer, an_item, review_document
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.review.exchange.argilla import from_argilla, to_argilla, user_id_of
from textnlp.domain.review.exchange.said_row import items_of
from textnlp.domain.review.model import ReviewItem
from textnlp.domain.review.rules import answer_item

DOCUMENT = review_document(overlap=2)


def item(*values: dict[str, Any]) -> ReviewItem:
    found = an_item(row={**ROW, "score": 0.5, "tags": ["a"], "none": None})
    for number, each in enumerate(values):
        found = answer_item(found, an_answer(f"reviewer {number}", each), document=DOCUMENT)
    return found


OTHER = {**VALUES, "quality": 1, "order": ["other", "reply"], "facts": [], "pair": "tie"}


def test_records_come_back_with_every_answer() -> None:
    items = [item(VALUES, OTHER)]
    records = json.loads(json.dumps(to_argilla(items, DOCUMENT)))
    assert items_of(from_argilla(records, DOCUMENT, at=NOON), DOCUMENT) == items


def test_a_record_is_what_argilla_reads() -> None:
    (record,) = to_argilla([item(VALUES)], DOCUMENT)
    assert set(record) == {"id", "fields", "metadata", "suggestions", "responses", "vectors"}
    user = user_id_of("reviewer 0")
    assert record["responses"]["order"] == [
        {"value": [{"value": "reply", "rank": 1}, {"value": "other", "rank": 2}], "user_id": user}
    ]
    assert record["responses"]["facts"] == [{"value": [{"start": 3, "end": 8, "label": "claim"}], "user_id": user}]
    assert record["metadata"] == {"score": 0.5, "reviewers": ["reviewer 0"]}
    assert record["fields"]["reply"] == ROW["reply"]


def test_records_of_argilla_itself_are_read() -> None:
    records = [
        {
            "id": "one",
            "fields": {"text": "Fine."},
            "metadata": {},
            "suggestions": {"quality": {"value": 1, "score": None, "agent": "model"}},
            "responses": {"quality": [{"value": 5, "user_id": "u1"}], "unasked": [{"value": "x", "user_id": "u1"}]},
            "vectors": {},
            "_server_id": None,
        },
        {"fields": {"text": "Nothing was said."}},
    ]
    first, second = from_argilla(records, review_document("quality"), at=NOON)
    assert (first.row_id, first.row, [dict(each.values) for each in first.answers]) == (
        "one",
        {"text": "Fine."},
        [{"quality": 5}],
    )
    assert (second.row_id, second.answers) == ("2", [])


@pytest.mark.parametrize(
    "records",
    [
        {},
        ["record"],
        [{"responses": {"quality": "5"}}],
        [{"responses": {"quality": [{"value": 50, "user_id": "u"}]}}],
        [{"responses": {"quality": [{"value": 1, "user_id": "u"}, {"value": 1, "user_id": "v"}]}}],
    ],
)
def test_what_is_wrong_with_records_is_said(records: Any) -> None:
    document = review_document("quality")
    with pytest.raises(TextNLPError) as caught:
        items_of(from_argilla(records, document, at=NOON), document)
    assert caught.value.kind is ErrorKind.INVALID_INPUT


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["value", "rank", "user_id", "quality", "order", "responses", "fields"]), inner
        )
    ),
    max_leaves=12,
)


@given(st.lists(_JSON, max_size=3))
def test_nothing_that_comes_in_ends_in_a_surprise(records: list[Any]) -> None:
    try:
        items_of(from_argilla(records, DOCUMENT, at=NOON), DOCUMENT)
    except TextNLPError as error:
        assert error.kind is ErrorKind.INVALID_INPUT  # noqa: PT017  either answer is right
