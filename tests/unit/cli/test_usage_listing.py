import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from textnlp.cli.usage_listing import print_budgets, print_usage, usage_document
from textnlp.client.budgets import BudgetPeriod, BudgetRead, BudgetScope, BudgetUnit
from textnlp.client.shared import UsageRead
from textnlp.client.usage import Grouping, UsageGroupRead, UsageReport


def group(key: str | None, *, cost: str = "0", unpriced: int = 0) -> UsageGroupRead:
    tokens = UsageRead(
        prompt_tokens=1_000, completion_tokens=200, total_tokens=1_200, cached_tokens=0, reasoning_tokens=0
    )
    return UsageGroupRead(key=key, calls=3, failed=1, cancelled=0, unpriced=unpriced, usage=tokens, cost=Decimal(cost))


def usage(*groups: UsageGroupRead) -> UsageReport:
    return UsageReport(
        by=Grouping.MODEL,
        since=datetime(2026, 3, 1, tzinfo=UTC),
        until=datetime(2026, 3, 31, tzinfo=UTC),
        groups=list(groups),
    )


def budget(*, unit: str = "usd", limit: str = "10", spent: str = "9", reserved: str = "0") -> BudgetRead:
    left = Decimal(limit) - Decimal(spent) - Decimal(reserved)
    return BudgetRead(
        id="budget_1",
        tenant="local",
        scope=BudgetScope.TENANT,
        value="local",
        period=BudgetPeriod.MONTHLY,
        unit=BudgetUnit(unit),
        limit=Decimal(limit),
        warn_share=0.8,
        period_start=date(2026, 3, 1),
        spent=Decimal(spent),
        reserved=Decimal(reserved),
        left=left,
        spent_per_hour=Decimal("0.5"),
        used_up_at=None,
        is_warning=True,
    )


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "140")


def lines_of(text: str) -> list[list[str]]:
    return [line.split() for line in text.splitlines() if line.strip()]


def test_groups_are_shown_with_their_total(capsys: pytest.CaptureFixture[str]) -> None:
    print_usage(usage(group("a", cost="1.5"), group(None, cost="0.000012")), [], by="batch")
    title, first, second, total = lines_of(capsys.readouterr().out)
    assert title == ["batch", "calls", "failed", "prompt", "completion", "cost"]
    assert first == ["a", "3", "1", "1,000", "200", "$1.50"]
    assert second == ["no", "batch", "3", "1", "1,000", "200", "$0.000012"]
    assert total == ["total", "6", "2", "2,000", "400", "$1.50"]


def test_what_has_no_price_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    print_usage(usage(group("a", unpriced=2)), [], by="model")
    assert "The price of 2 calls is not known" in capsys.readouterr().out


def test_a_day_that_costs_far_more_than_others_is_told_with_what_to_look_at(
    capsys: pytest.CaptureFixture[str],
) -> None:
    days = [group(f"2026-03-{day:02}", cost="2") for day in range(1, 21)]
    print_usage(usage(*days), [], by="day")
    assert "usual" not in capsys.readouterr().out
    print_usage(usage(*days[:-1], group("2026-03-20", cost="30")), [], by="day")
    told = "2026-03-20 cost $30.00, where $2.00 a day is usual: textnlp usage --by client --since 2026-03-20"
    assert told in capsys.readouterr().out


def test_budgets_follow_the_usage(capsys: pytest.CaptureFixture[str]) -> None:
    print_usage(usage(), [budget()], by="model")
    said = capsys.readouterr().out
    assert "Nothing was used from 2026-03-01 to just before 2026-03-31." in said
    assert said.split()[-6:] == ["tenant", "local", "monthly", "$9.00", "$10.00", "90%"]


@pytest.mark.parametrize(
    ("made", "shown"),
    [
        (budget(unit="tokens", limit="2000", spent="500", reserved="500"), ["500", "tokens", "2,000", "tokens", "50%"]),
        (budget(limit="0", spent="0"), ["$0.00", "$0.00", "100%"]),
        (budget(limit="1", spent="2"), ["$2.00", "$1.00", "200%"]),
    ],
)
def test_a_budget_shows_how_much_of_it_is_taken(
    made: BudgetRead, shown: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    print_budgets([made])
    assert capsys.readouterr().out.split()[-len(shown) :] == shown


def test_programs_get_usage_and_budgets_as_one_document(capsys: pytest.CaptureFixture[str]) -> None:
    document = json.loads(usage_document(usage(group("a", cost="1.5")), [budget()]))
    assert (document["groups"][0]["cost"], document["budgets"][0]["left"]) == ("1.5", "1")
    print_budgets([budget()], as_json=True)
    assert json.loads(capsys.readouterr().out)["id"] == "budget_1"
