from typing import Any

import pytest
from pydantic import TypeAdapter

from textnlp.domain.errors import TextNLPError
from textnlp.domain.validation.checks import Check
from textnlp.domain.validation.row_checks import CheckedRow, RowChecks

_CHECK: TypeAdapter[Any] = TypeAdapter(Check)
ROWS = [{"text": "Write to jane@example.org."}, {"text": "Nothing here."}, {"text": None}]


def look(**check: Any) -> list[CheckedRow]:
    checks = RowChecks([_CHECK.validate_python({"kind": "pii", "column": "text", **check})])
    return checks.look(ROWS)


def test_rows_are_rejected_without_giving_away_what_was_found() -> None:
    bad, good, missing = look()
    assert bad.reasons[0].message == "text has personal data (1 email), the first ja… (16 characters)."
    assert bad.scores == {"pii:text": 1.0}
    assert (good.reasons, good.scores, missing.reasons, missing.scores) == ([], {"pii:text": 0.0}, [], {})


def test_it_is_flagged_marked_or_replaced_where_that_is_asked_for() -> None:
    flagged = look(action="flag")[0]
    assert (flagged.reasons, len(flagged.flags), flagged.values) == ([], 1, ROWS[0])
    marked = look(action="redact")[0]
    assert marked.values == {"text": "Write to [EMAIL]."}
    replaced = look(action="replace")[0].values["text"]
    assert "jane@" not in replaced
    assert "@example." in replaced
    assert look(action="replace", key="another")[0].values["text"] != replaced
    assert ROWS[0] == {"text": "Write to jane@example.org."}


def test_later_checks_see_what_is_left() -> None:
    checks = RowChecks(
        [
            _CHECK.validate_python({"kind": "pii", "column": "text", "action": "redact"}),
            _CHECK.validate_python({"kind": "words", "column": "text", "none_of": ["jane"]}),
        ]
    )
    assert checks.look(ROWS)[0].reasons == []


def test_an_unknown_country_is_refused() -> None:
    with pytest.raises(TextNLPError) as caught:
        look(locales=["xx_XX"])
    assert caught.value.facts.field == "checks[0].locales"
