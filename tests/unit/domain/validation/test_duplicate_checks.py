import pytest
from pydantic import ValidationError

from textnlp.domain.validation.duplicate_checks import Deduplication
from textnlp.domain.validation.leakage_check import LeakageCheck
from textnlp.domain.validation.outside_checks import DecontaminationCheck


@pytest.mark.parametrize(("keep", "column"), [("first", None), ("longest", None), ("highest:score", "score")])
def test_what_is_kept_is_a_rule_or_a_column(keep: str, column: str | None) -> None:
    assert Deduplication.model_validate({"columns": ["text"], "keep": keep}).rank_column == column


@pytest.mark.parametrize(
    "document",
    [
        {"columns": []},
        {"columns": ["text"], "keep": "last"},
        {"columns": ["text"], "keep": "highest:"},
        {"columns": ["text"], "keep": "highest:1st"},
        {"columns": ["text"], "threshold": 0},
        {"columns": ["text"], "threshold": 1.1},
        {"columns": ["text"], "method": "fuzzy"},
        {"columns": ["text"], "unknown": 1},
    ],
)
def test_a_deduplication_that_makes_no_sense_is_refused(document: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Deduplication.model_validate(document)


def test_short_canaries_are_refused_for_they_would_be_found_anywhere() -> None:
    with pytest.raises(ValidationError):
        LeakageCheck.model_validate({"kind": "leakage", "columns": ["text"], "canaries": ["canary"]})


def test_defaults_are_those_of_the_papers() -> None:
    assert DecontaminationCheck(kind="decontamination", columns=["text"], files=["benchmark.jsonl"]).words == 13
    assert Deduplication(columns=["text"]).method == "near"
    assert LeakageCheck(kind="leakage", columns=["text"]).max_copied_words == 12
