"""How many calls a second does the ledger of usage reserve and settle, for 64 callers at once, on PostgreSQL?

Each caller reserves, is let through, settles and begins again, on the embedded server, without budgets and with three
that every call counts towards. For comparison, the same with a transaction for each reservation and settlement.
"""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.database.embedded import EmbeddedPostgres
from textnlp.adapters.database.migrate import upgrade
from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.adapters.database.usage_ledger import PostgresUsageLedger
from textnlp.application.usage_recorder import UsageRecorder
from textnlp.domain.generation.model import Usage
from textnlp.domain.identifiers import BudgetId, new_usage_id
from textnlp.domain.usage.budget import Budget, BudgetPeriod, BudgetScope, BudgetUnit
from textnlp.domain.usage.entry import CallOutcome, Reservation, UsageEntry

CALLERS = 64
SECONDS = 5.0
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
COST = Decimal("0.0001")

Call = Callable[[Reservation, UsageEntry], Awaitable[None]]


@dataclass
class Figures:
    """How long each call waited to be let through."""

    waits: list[float] = field(default_factory=list[float])

    def line(self, label: str, seconds: float) -> str:
        """Return the rate and the waits as a line."""
        ordered = sorted(self.waits)
        middle, late = (1000 * ordered[int(len(ordered) * share)] for share in (0.5, 0.99))
        return f"{label:<44} {len(ordered) / seconds:>7,.0f} pairs/s   p50 {middle:.1f} ms   p99 {late:.1f} ms"


def pair(caller: int) -> tuple[Reservation, UsageEntry]:
    reservation = Reservation(
        id=new_usage_id(NOW),
        tenant="acme",
        caller=f"caller {caller % 4}",
        batch_id=None,
        model="gpt-4o-mini",
        route="generate",
        estimated_tokens=500,
        estimated_cost=COST,
        created_at=NOW,
        expires_at=NOW + timedelta(minutes=12),
    )
    usage = Usage(prompt_tokens=120, completion_tokens=80)
    entry = UsageEntry(reservation=reservation, usage=usage, cost=COST, outcome=CallOutcome.OK, settled_at=NOW)
    return reservation, entry


async def work(caller: int, call: Call, figures: Figures, *, until: float) -> None:
    while time.perf_counter() < until:
        reservation, entry = pair(caller)
        began = time.perf_counter()
        await call(reservation, entry)
        figures.waits.append(time.perf_counter() - began)


async def grouped(database: PostgresDatabase, label: str) -> int:
    recorder = UsageRecorder(PostgresUsageLedger(database), clock=SystemClock())

    async def call(reservation: Reservation, entry: UsageEntry) -> None:
        await recorder.reserve(reservation)
        recorder.settle(entry)

    return await measure(call, label, drain=recorder.aclose)


async def one_by_one(database: PostgresDatabase, label: str) -> int:
    ledger = PostgresUsageLedger(database)

    async def call(reservation: Reservation, entry: UsageEntry) -> None:
        assert not await ledger.reserve([reservation])
        await ledger.settle([entry])

    async def drain() -> None:
        """Everything is committed."""

    return await measure(call, label, drain=drain)


async def measure(call: Call, label: str, *, drain: Callable[[], Awaitable[None]]) -> int:
    figures = Figures()
    began = time.perf_counter()
    await asyncio.gather(*(work(caller, call, figures, until=began + SECONDS) for caller in range(CALLERS)))
    await drain()
    print(figures.line(label, time.perf_counter() - began))
    return len(figures.waits)


async def set_budgets(ledger: PostgresUsageLedger) -> None:
    kinds = [
        (BudgetPeriod.DAILY, BudgetUnit.USD),
        (BudgetPeriod.MONTHLY, BudgetUnit.USD),
        (BudgetPeriod.TOTAL, BudgetUnit.TOKENS),
    ]
    for number, (period, unit) in enumerate(kinds):
        budget = Budget(
            id=BudgetId(f"budget_{number}"),
            tenant="acme",
            scope=BudgetScope.TENANT,
            value="acme",
            period=period,
            unit=unit,
            limit=Decimal(10**12),
        )
        await ledger.set_budget(budget, now=NOW)


async def run(url: str) -> None:
    await upgrade(url)
    database = PostgresDatabase(url, clock=SystemClock())
    ledger = PostgresUsageLedger(database)
    count = await grouped(database, "in groups, no budget")
    count += await one_by_one(database, "a transaction each, no budget")
    await set_budgets(ledger)
    count += await grouped(database, "in groups, three budgets")
    count += await one_by_one(database, "a transaction each, three budgets")
    standing = await ledger.standing("acme", now=NOW)
    assert [one.reserved for one in standing] == [0, 0, 0]
    assert [one.spent for one in standing] == [count * COST, count * COST, count * 200]
    began = time.perf_counter()
    added = await ledger.roll_up(NOW + timedelta(hours=1))
    assert sum(total.calls for total in added) == count
    print(f"{'roll-up':<44} {count / (time.perf_counter() - began):>7,.0f} calls/s")
    await database.aclose()


async def main() -> None:
    with tempfile.TemporaryDirectory(prefix="textnlp-bench-") as folder:
        server = EmbeddedPostgres(Path(folder), clock=SystemClock())
        try:
            await run(await server.ensure_running())
        finally:
            await server.release()


if __name__ == "__main__":
    asyncio.run(main())
