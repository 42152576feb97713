from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from textnlp.domain.errors import TextNLPError
from textnlp.domain.validation.row_parts import look_at_part, pack_part, unpack_verdicts
from textnlp.domain.validation.sent_checks import SentChecks

_CHECKS = SentChecks('{"checks": [{"kind": "refusal", "column": "a"}]}', {})


def test_what_is_said_of_rows_comes_back_by_batches() -> None:
    refused = "As an AI, I cannot do that."
    batches = [[{"a": "It boils in two minutes."}, {"a": refused}], [{"a": refused}]]
    found = unpack_verdicts(look_at_part(pack_part(_CHECKS, batches)))
    assert [[bool(row.reasons) for row in batch] for batch in found] == [[False, True], [True]]
    assert found[0][1].reasons[0].column == "a"


@pytest.mark.parametrize("value", [date(2026, 1, 1), Decimal("1.5"), 1 << 70, (1, 2), {1, 2}])
def test_a_value_that_would_arrive_as_another_is_refused(value: Any) -> None:
    with pytest.raises(TextNLPError, match="values that JSON does not have"):
        pack_part(_CHECKS, [[{"a": value}]])


def test_values_of_json_arrive_as_they_were() -> None:
    assert pack_part(_CHECKS, [[{"a": [None, True, 1, 1.5, "x", {"b": []}]}]])
