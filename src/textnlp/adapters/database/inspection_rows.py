"""Rows of the inspection's statements as its facts."""

from datetime import UTC, date, datetime
from typing import Any

from textnlp.domain.batches.model import BatchState, LedgerCounts
from textnlp.domain.identifiers import BatchId
from textnlp.domain.inspection.model import BatchFacts, BlobReference, CallSums, Disagreement
from textnlp.domain.usage.budget import Budget, BudgetPeriod, period_start

SUM_COLUMNS = 4
"""Calls, tokens of prompts, tokens of completions, cost."""

_NO_END = datetime(9999, 1, 1, tzinfo=UTC)
_LAST_MONTH = 12


def batch_of(row: tuple[Any, ...]) -> BatchFacts:
    """Return a batch's facts from a row of `inspection_statements.BATCHES`."""
    return BatchFacts(
        id=BatchId(row[1]),
        state=BatchState(row[2]),
        is_charged=row[3],
        kept=LedgerCounts(input=row[4], accepted=row[5], rejected=row[6], failed=row[7]),
        counted=LedgerCounts(input=row[8], accepted=row[9], rejected=row[10], failed=row[11]),
        stray_rows=row[12],
        kept_usage=CallSums(prompt_tokens=row[13], completion_tokens=row[14]),
        row_usage=CallSums(calls=row[15], prompt_tokens=row[16], completion_tokens=row[17]),
        charged=CallSums(calls=row[18], prompt_tokens=row[19], completion_tokens=row[20]),
    )


def reference_of(row: tuple[Any, ...]) -> BlobReference:
    """Return a blob that must be there from a row of one of `inspection_statements.REFERENCES`."""
    _, path, owner, since, size_bytes, lists_files = row
    return BlobReference(
        path=path, owner=owner, since=since.astimezone(UTC), size_bytes=size_bytes, lists_files=lists_files
    )


def disagreement_of(tenant: str, row: tuple[Any, ...]) -> Disagreement:
    """Return what differs in a row of `inspection_statements.HOURS`."""
    hour, caller, model, route = row[:SUM_COLUMNS]
    return Disagreement(
        place=f"usage of {tenant}, {caller}, {model}, {route} in the hour of {hour.astimezone(UTC):%Y-%m-%d %H:%M} UTC",
        counted=_sums(row[4 : 4 + SUM_COLUMNS]),
        kept=_sums(row[4 + SUM_COLUMNS :]),
    )


def budget_window(budget: Budget, now: datetime) -> tuple[date, datetime, datetime]:
    """Return the first day of the period that `now` is in, and when it begins and ends."""
    first_day = period_start(budget.period, now)
    since = datetime(first_day.year, first_day.month, first_day.day, tzinfo=UTC)
    if budget.period is BudgetPeriod.TOTAL:
        return first_day, since, _NO_END
    if budget.period is BudgetPeriod.DAILY:
        return first_day, since, datetime.fromordinal(first_day.toordinal() + 1).replace(tzinfo=UTC)
    year, month = divmod(first_day.month, _LAST_MONTH)
    return first_day, since, since.replace(year=since.year + year, month=month + 1)


def _sums(values: tuple[Any, ...]) -> str:
    calls, prompt_tokens, completion_tokens, cost = (value or 0 for value in values)
    return f"{calls:,} calls, {prompt_tokens:,} and {completion_tokens:,} tokens, {cost:f} USD"
