import pytest
from tools.capacity_plan import ASSUMED, Plan, Rates, plan
from tools.render_capacity import PAGE, figures, rendered

from tests.snapshots import require_snapshot
from textnlp_infra.cost.price import read_prices

RATES = Rates(
    measured_on="2026-11-27",
    batch_cpu_seconds=0.3,
    validation_cpu_seconds=0.2,
    call_cpu_seconds=2.0,
    stored_kilobytes=700,
)


def needs(rows: int) -> Plan:
    return plan(rows, RATES, read_prices())


def pods(made: Plan, name: str) -> int:
    return next(stage.needed for stage in made.stages if stage.name == name)


def test_the_page_has_the_figures_that_are_made() -> None:
    require_snapshot(PAGE, rendered(PAGE.read_text(encoding="utf-8")))


def test_machines_are_as_many_as_the_tokens_of_answers_take() -> None:
    a_machine_and_month = ASSUMED.machine_tokens_per_second * 730 * 3600 * ASSUMED.used_share
    rows = int(a_machine_and_month / ASSUMED.answer_tokens * 0.999)
    assert [pods(needs(rows * n), "batch-worker") for n in (1, 3, 20)] == [1, 3, 20]


@pytest.mark.parametrize("rows", [0, 1_000_000, 100_000_000, 10_000_000_000])
def test_more_rows_need_no_less_of_anything(rows: int) -> None:
    less, more = needs(rows), needs(rows + 50_000_000)
    assert all(one.needed <= other.needed for one, other in zip(less.stages, more.stages, strict=True))
    assert less.known_cost <= more.known_cost
    assert less.spot_cost <= less.known_cost


def test_the_bottleneck_is_the_stage_that_is_furthest_beyond() -> None:
    made = needs(10_000_000_000)
    assert made.bottleneck.name == "batch-worker"
    assert made.bottleneck.is_beyond
    assert not any(stage.is_beyond for stage in needs(1_000_000).stages)


def test_what_is_not_allowed_is_bold() -> None:
    assert "**" in figures()
