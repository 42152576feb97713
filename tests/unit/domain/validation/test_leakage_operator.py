import pytest

from textnlp.domain.errors import TextNLPError
from textnlp.domain.validation.leakage_check import LeakageCheck
from textnlp.domain.validation.leakage_operator import LeakageOperator
from textnlp.domain.validation.row_batch import RowBatch

_SEED = "The river rose above the old bridge in the night, and nobody in the village had been told of it."


def _operator(**parts: object) -> LeakageOperator:
    return LeakageOperator(
        LeakageCheck.model_validate({"kind": "leakage", "columns": ["text"], **parts}), field="leakage"
    )


def test_a_long_copied_span_is_told_with_words_and_characters() -> None:
    rows = [
        {"seed": _SEED, "text": "At dawn: THE river rose above the old bridge in the night!"},
        {"seed": _SEED, "text": "The river rose, above the usual."},
        {"seed": None, "text": _SEED},
        {"seed": _SEED, "text": None},
    ]
    found = _operator(sources=["seed"], max_copied_words=8).look(RowBatch(rows))
    assert list(found.reasons) == [0]
    assert found.reasons[0].message == (
        'text copies 10 words (48 characters) of seed: "the river rose above the old bridge in the night".'
    )
    assert found.scores is not None
    assert found.scores.tolist() == [10, 5, 0, 0]


def test_a_copy_is_told_as_such_however_short() -> None:
    found = _operator(sources=["seed", "other"]).look(RowBatch([{"seed": "x", "other": "A b  c", "text": "a B c"}]))
    assert found.reasons[0].message == "text is a copy of other (similarity 1.00)."


def test_the_source_that_is_named_first_is_told() -> None:
    rows = [{"one": _SEED, "two": _SEED, "text": _SEED}]
    assert "copy of one" in _operator(sources=["one", "two"]).look(RowBatch(rows)).reasons[0].message


def test_a_canary_is_found_and_not_repeated() -> None:
    operator = _operator(canaries=["canary 3f7a-11", "other canary"])
    found = operator.look(RowBatch([{"text": "so Canary 3F7A-11."}, {"text": "so"}]))
    assert {place: reason.message for place, reason in found.reasons.items()} == {0: "text has a canary."}
    assert "canaries" not in operator.parameters


def test_a_check_that_looks_for_nothing_is_refused() -> None:
    with pytest.raises(TextNLPError, match="sources or canaries") as caught:
        _operator()
    assert caught.value.facts.field == "leakage"
