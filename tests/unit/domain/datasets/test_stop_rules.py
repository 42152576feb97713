from decimal import Decimal

from textnlp.domain.datasets.stop_rules import RunFigures, reached_candidates, reached_limit
from textnlp.domain.recipes.acceptance import Acceptance


def figures(*, passed: int = 0, rejected: int = 0, failed: int = 0, cost: str | None = "0.01") -> RunFigures:
    found = RunFigures()
    for is_passed, is_failed, count in ((True, False, passed), (False, False, rejected), (False, True, failed)):
        for _ in range(count):
            found.add(is_passed=is_passed, is_failed=is_failed, cost=None if cost is None else Decimal(cost))
    return found


def limit(found: RunFigures, *, seconds: float = 0.0, **accept: float) -> str | None:
    return reached_limit(Acceptance.model_validate(accept), found, seconds=seconds)


def test_nothing_stops_a_run_that_goes_well() -> None:
    assert limit(figures(passed=1_000, rejected=300, failed=20), max_cost=50, max_seconds=60) is None


def test_cost_time_and_errors_stop_a_run_and_say_how_far_it_was() -> None:
    assert limit(figures(passed=100), max_cost=1) == "max_cost: $1.0000 of $1 are spent."
    assert limit(figures(passed=1), seconds=61, max_seconds=60) == "max_seconds: it has run for 61 s of 60 s."
    told = limit(figures(passed=40, failed=60))
    assert told == "max_error_rate: 60% of 100 candidates failed."


def test_few_failures_at_the_beginning_do_not_stop_a_run() -> None:
    assert limit(figures(failed=49)) is None
    assert limit(figures(failed=50)) is not None


def test_an_unknown_price_never_reaches_a_cost_limit() -> None:
    assert limit(figures(passed=100, cost=None), max_cost=0.1) is None


def test_a_falling_pass_rate_stops_a_run_where_that_is_asked_for() -> None:
    falling = figures(passed=200, rejected=80)

    assert limit(falling) is None
    assert str(limit(falling, max_drift=0.5)).startswith("max_drift: the pass rate of the latest candidates is 80%")
    assert limit(figures(passed=20, rejected=80), max_drift=0.1) is None


def test_a_run_without_a_single_good_row_is_stopped() -> None:
    assert limit(figures(rejected=499)) is None
    assert str(limit(figures(rejected=500))).startswith("no row passed")
    assert limit(figures(passed=1, rejected=5_000)) is None


def test_candidates_run_out() -> None:
    assert reached_candidates(Acceptance(rows=10), 99) is None
    assert reached_candidates(Acceptance(rows=10), 100) == "max_candidates: 100 candidates were tried."
