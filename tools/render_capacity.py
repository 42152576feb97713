"""Write the figures of docs/explanation/capacity.md from measured costs, the declaration and the price file.

Run by `make reference`.
"""

import json
import re
from pathlib import Path

from tools.capacity_plan import ASSUMED, Plan, Rates, Stage, plan
from tools.capacity_simulation import Fleet, Outcome, simulate
from tools.markdown import table

from textnlp.topology.catalog import TOPOLOGY
from textnlp_infra.cost.price import read_prices

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "explanation" / "capacity.md"
RATES = ROOT / "benchmarks" / "capacity_rates.json"
LOADS = (1_000_000, 100_000_000, 10_000_000_000)
SIMULATED = (1_000_000, 30_000_000, 100_000_000)
_FIGURES = re.compile(r"(?<=<!-- figures -->\n).*(?=<!-- /figures -->)", flags=re.DOTALL)
_DAYS = 30


def figures() -> str:
    """Return what stands between the marks of the page."""
    rates, prices = Rates(**json.loads(RATES.read_text(encoding="utf-8"))), read_prices()
    plans = [plan(rows, rates, prices) for rows in LOADS]
    lines = ["", *_measured(rates), "", *_plans(plans), "", *_simulated(), ""]
    return "\n".join([*lines, ""])


def rendered(page: str) -> str:
    """Return the page with the figures as they are."""
    return _FIGURES.sub(lambda _: figures(), page)


def _measured(rates: Rates) -> list[str]:
    rows = [
        ["CPU seconds for 1,000 rows of a batch, worker and database", f"{rates.batch_cpu_seconds:.2f}"],
        ["CPU seconds for 1,000 rows of 100 words, validated", f"{rates.validation_cpu_seconds:.2f}"],
        ["CPU seconds for 1,000 calls, each settled in the ledger", f"{rates.call_cpu_seconds:.2f}"],
        ["kilobytes stored for 1,000 rows beside their texts", f"{rates.stored_kilobytes:,.0f}"],
    ]
    return table([f"measured on {rates.measured_on}", "figure"], rows)


def _plans(plans: list[Plan]) -> list[str]:
    rows = [
        ["tokens", *(f"{each.tokens / 1e9:,.1f} thousand million" for each in plans)],
        ["stored, GB", *(f"{each.stored_gigabytes:,.0f}" for each in plans)],
    ]
    for number, stage in enumerate(plans[0].stages):
        cells = [each.stages[number] for each in plans]
        name = f"{stage.name}: {stage.unit}, {stage.declared} declared"
        rows.append([name, *(_needed(cell) for cell in cells)])
    rows += [
        ["known cost, USD, A100 paid as they go", *(f"{each.known_cost:,.0f}" for each in plans)],
        ["the same with Spot", *(f"{each.spot_cost:,.0f}" for each in plans)],
        ["USD for 1,000 rows, with Spot", *(f"{each.spot_cost * 1000 / each.rows:,.4f}" for each in plans)],
        ["bottleneck", *(_bottleneck(each) for each in plans)],
    ]
    return table(["a month", *(f"{each.rows / 1e6:,.0f} million rows" for each in plans)], rows)


def _needed(stage: Stage) -> str:
    needed = f"**{stage.needed:,}**" if stage.is_beyond else f"{stage.needed:,}"
    return f"{needed} ({stage.used:.1%})"


def _bottleneck(made: Plan) -> str:
    stage = made.bottleneck
    share = f"{stage.used:.0%} of what is declared" if stage.used <= 1 else f"{stage.used:,.0f} times what is declared"
    return f"{stage.name}, {stage.unit}: {share}"


def _simulated() -> list[str]:
    batch = next(process for process in TOPOLOGY.processes if process.name == "batch-worker")
    pool = next(pool for pool in TOPOLOGY.node_pools if pool.name == batch.pool)
    slice_rows = TOPOLOGY.limits.slice_rows
    fleet = Fleet(
        messages_per_replica=batch.messages_per_replica or 1,
        min_replicas=batch.min_replicas,
        max_replicas=batch.max_replicas,
        min_machines=pool.min_count,
        max_machines=pool.max_count,
        slices_at_once=1,
        slice_seconds=slice_rows * ASSUMED.answer_tokens / ASSUMED.machine_tokens_per_second,
    )
    rows = [_outcome(count, simulate(fleet, [(0, -(-count // _DAYS // slice_rows))])) for count in SIMULATED]
    names = ["rows a month", "rows of a day, at once", "done after", "replicas", "A100 hours", "of them at work"]
    return table(names, rows)


def _outcome(count: int, outcome: Outcome) -> list[str]:
    hours, minutes = divmod(round(max(outcome.done_at) / 60), 60)
    return [
        f"{count / 1e6:,.0f} million",
        f"{count // _DAYS:,}",
        f"{hours} h {minutes:02} min",
        str(outcome.most_replicas),
        f"{outcome.machine_hours:,.1f}",
        f"{outcome.busy_share:.0%}",
    ]


if __name__ == "__main__":
    PAGE.write_text(rendered(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
