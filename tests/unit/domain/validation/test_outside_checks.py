from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import TypeAdapter

from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.validation.checks import Check
from textnlp.domain.validation.operators import AskingCheck
from textnlp.domain.validation.reason import Reason
from textnlp.domain.validation.row_batch import RowBatch
from textnlp.domain.validation.row_checks import RowChecks
from textnlp.domain.validation.verdicts import Verdicts

_CHECKS: TypeAdapter[list[Check]] = TypeAdapter(list[Check])
_DOCUMENTS: list[dict[str, Any]] = [
    {"kind": "perplexity", "column": "x"},
    {"kind": "content_safety", "column": "x"},
    {"kind": "http", "url": "https://checks.example/", "columns": ["x"]},
    {"kind": "python", "function": "f", "columns": ["x"]},
    {"kind": "length", "column": "x", "max_tokens": 3},
]


def _named(document: dict[str, Any]) -> str:
    return document["kind"]


class _Refuses:
    version = "1"
    column = None
    parameters: Mapping[str, Any] = {}

    def __init__(self, check: AskingCheck, field: str) -> None:
        self.name = f"{field}:{check.kind}"

    def look(self, batch: RowBatch) -> Verdicts:
        return Verdicts(reasons={place: Reason(code=self.name, message="no") for place in range(len(batch))})


@pytest.mark.parametrize("document", _DOCUMENTS, ids=_named)
def test_a_check_that_asks_somebody_needs_who_asks(document: dict[str, Any]) -> None:
    with pytest.raises(TextNLPError, match="cannot be asked from here") as caught:
        RowChecks(_CHECKS.validate_python([document]))
    assert (caught.value.kind, caught.value.facts.field) == (ErrorKind.INVALID_INPUT, "checks[0]")


@pytest.mark.parametrize("document", _DOCUMENTS, ids=_named)
def test_a_check_that_asks_somebody_is_made_by_who_asks(document: dict[str, Any]) -> None:
    checks = RowChecks(_CHECKS.validate_python([document]), field="mine", outside=_Refuses)
    assert checks.is_waiting
    assert [reason.code for reason in checks.reasons({"x": "a"})] == [f"mine[0]:{document['kind']}"]


def test_other_checks_wait_for_nobody() -> None:
    assert not RowChecks(_CHECKS.validate_python([{"kind": "required", "column": "x"}])).is_waiting
