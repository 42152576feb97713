from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest

from tests.contract.usage_ledger_cases import reserved, settled
from textnlp.domain.usage.entry import CallOutcome
from textnlp.domain.usage.totals import Grouping, UsageTotal, group_key


def test_calls_add_up() -> None:
    total = UsageTotal(key="m-1")
    for cost, outcome in (("0.5", CallOutcome.OK), (None, CallOutcome.FAILED), ("0.25", CallOutcome.CANCELLED)):
        total = total.plus(settled(reserved(), cost, outcome=outcome))
    assert (total.calls, total.failed, total.cancelled, total.unpriced) == (3, 1, 1, 1)
    assert (total.usage.total_tokens, total.cost) == (90, Decimal("0.75"))


@pytest.mark.parametrize(
    ("group_by", "key"),
    [
        (Grouping.DAY, "2026-03-02"),
        (Grouping.MODEL, "m-1"),
        (Grouping.CALLER, "ann"),
        (Grouping.BATCH, None),
    ],
)
def test_a_call_belongs_to_one_group(group_by: Grouping, key: str | None) -> None:
    late = datetime(2026, 3, 1, 22, 0, tzinfo=timezone(timedelta(hours=-5)))
    assert group_key(settled(reserved(at=late)), group_by) == key
