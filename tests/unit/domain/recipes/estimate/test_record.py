import json

from tests.unit.domain.recipes.estimate.estimates import estimate_of
from tests.unit.domain.recipes.recipes import REVIEWS
from textnlp.domain.recipes.estimate.notes import remarks
from textnlp.domain.recipes.estimate.record import estimate_document


def test_an_estimate_is_written_as_json_with_whole_calls() -> None:
    estimate = estimate_of(REVIEWS, models={"w": {"model": "small"}, "j": {"model": "odd"}})
    document = json.loads(json.dumps(estimate_document(estimate)))
    assert document["rows"] == 100
    assert document["calls"] == {
        "low": round(estimate.calls.low),
        "expected": round(estimate.calls.expected),
        "high": round(estimate.calls.high),
    }
    assert [each["column"] for each in document["columns"]] == ["review", "score"]
    assert [each["model"] for each in document["models"]] == ["small"]
    assert document["cost"]["low"] > 0
    assert document["notes"] == list(remarks(estimate))


def test_money_that_is_not_known_is_null() -> None:
    document = estimate_document(estimate_of(REVIEWS, models={"w": {"model": "odd"}}))
    assert (document["cost"], document["unpriced"]) == (None, ["odd"])
    assert document["columns"][0]["cost"] is None
    assert document["known_cost"] == {"low": 0, "expected": 0, "high": 0}
