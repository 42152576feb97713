from collections.abc import Sequence

import pytest

from textnlp.adapters.row_operators.content_safety import ContentSafetyOperator
from textnlp.adapters.row_operators.content_safety_service import Found
from textnlp.domain.validation.outside_checks import ContentSafetyCheck
from textnlp.domain.validation.row_batch import RowBatch


def operator(asked: list[str], found: Found, **check: object) -> ContentSafetyOperator:
    def ask(texts: Sequence[str]) -> list[Found]:
        asked.extend(texts)
        return [found for _ in texts]

    return ContentSafetyOperator(
        ContentSafetyCheck.model_validate({"kind": "content_safety", "column": "a"} | check), ask
    )


def test_the_gravest_severity_is_the_score_and_those_above_the_limit_are_told() -> None:
    found = Found(severities={"Hate": 5, "SelfHarm": 3, "Violence": 1})
    verdicts = operator([], found, max_severity=2).look(RowBatch([{"a": "text"}]))
    assert verdicts.scores is not None
    assert verdicts.scores.tolist() == [5]
    assert verdicts.reasons[0].message == "a has hate of severity 5, self-harm of severity 3, above 2."


def test_a_term_of_a_blocklist_fails_whatever_the_severity() -> None:
    found = Found(severities={"Hate": 0}, blocklists=("rivals",))
    assert operator([], found).look(RowBatch([{"a": "text"}])).reasons[0].message == (
        "a has a term of the blocklist rivals."
    )


def test_equal_texts_are_asked_about_once_and_empty_ones_not_at_all() -> None:
    asked: list[str] = []
    rows = [{"a": "one"}, {"a": " \n"}, {"a": "one"}, {"a": None}, {"a": "two"}]
    verdicts = operator(asked, Found(severities={"Hate": 1})).look(RowBatch(rows))
    assert asked == ["one", "two"]
    assert verdicts.reasons == {}
    assert verdicts.scores is not None
    assert verdicts.scores.tolist() == pytest.approx([1, 0, 1, float("nan"), 1], nan_ok=True)
