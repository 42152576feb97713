from collections.abc import Callable
from typing import Any

import pytest

from textnlp.adapters.row_operators.python_operator import PythonOperator
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.validation.outside_checks import PythonCheck
from textnlp.domain.validation.row_batch import RowBatch
from textnlp.domain.validation.verdicts import Verdicts

TEXT = "the text of a row"
ROWS = [{"a": TEXT, "b": [1], "c": 3}, {"a": "short"}]


def saying(returned: object) -> Callable[..., object]:
    def function(_: object) -> object:
        return returned

    return function


def look(function: Callable[..., Any], **given: Any) -> Verdicts:
    document: dict[str, Any] = {"kind": "python", "function": "mine", "columns": ["a", "b"], **given}
    return PythonOperator(PythonCheck(**document), function, version="3.1").look(RowBatch(ROWS))


def test_the_function_gets_its_columns_and_arguments_and_may_change_its_rows() -> None:
    seen: list[Any] = []

    def function(rows: list[dict[str, Any]], *, least: int) -> list[None]:
        seen.append(([dict(row) for row in rows], least))
        rows[0]["b"].append(2)
        return [None] * len(rows)

    assert look(function, arguments={"least": 4}).reasons == {}
    assert seen == [([{"a": TEXT, "b": [1, 2]}, {"a": "short", "b": None}], 4)]
    assert ROWS[0]["b"] == [1]


def test_verdicts_are_none_a_sentence_or_a_reason_with_a_score() -> None:
    found = look(saying([{"reason": "It is bad.", "score": 2}, {"score": 0.5}]), name="good")
    assert {place: (each.code, each.message) for place, each in found.reasons.items()} == {0: ("good", "It is bad.")}
    assert found.scores is not None
    assert found.scores.tolist() == [2.0, 0.5]

    plain = look(saying((None, "No.")), columns=["a"])
    assert (plain.reasons[1].code, plain.reasons[1].column) == ("mine", "a")
    assert plain.scores is None


@pytest.mark.parametrize(
    ("returned", "told"),
    [
        ([None], "returned 1 verdicts for 2 rows"),
        (None, "returned null, not a list of verdicts"),
        ("no", "returned a text, not a list of verdicts"),
        ([None, 3], "returned a number as verdict 1"),
        ([None, {"reasons": "x"}], "verdict 1 with a member that is neither reason nor score"),
        ([{"reason": 3}, None], "verdict 0 whose reason is a number, not a text"),
        ([{"score": "high"}, None], "verdict 0 whose score is a text, not a number"),
        ([{"score": True}, None], "verdict 0 whose score is true or false, not a number"),
    ],
)
def test_what_is_no_verdict_is_refused_by_the_name_of_the_function(returned: object, told: str) -> None:
    with pytest.raises(TextNLPError, match="The function mine ") as caught:
        look(saying(returned))
    assert caught.value.kind is ErrorKind.INVALID_INPUT
    assert told in caught.value.message
    assert caught.value.facts.hint is not None


def test_an_exception_is_told_without_the_text_of_a_row() -> None:
    def function(rows: list[dict[str, Any]]) -> list[None]:
        raise ValueError(rows[0]["a"])

    with pytest.raises(TextNLPError) as caught:
        look(function)
    assert caught.value.message == "The function mine raised ValueError."
    assert TEXT not in caught.value.full_text


def test_the_version_is_that_of_the_package() -> None:
    operator = PythonOperator(PythonCheck(kind="python", function="f", columns=["a"]), saying([]), version="3.1")
    assert (operator.version, operator.name, operator.column) == ("3.1", "f", "a")
    assert operator.parameters == {"kind": "python", "function": "f", "columns": ["a"]}
