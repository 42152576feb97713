from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.domain.recipes.estimate.estimates import bands
from textnlp.domain.recipes.estimate.band import NOTHING, EstimateBand, Size, exactly
from textnlp.domain.recipes.estimate.model import (
    BATCH_SECONDS,
    ColumnEstimate,
    RecipeEstimate,
    TokenPrices,
    online_seconds,
)

PRICES = TokenPrices(prompt=1.0, completion=2.0)


def column(name: str = "review", **parts: Any) -> ColumnEstimate:
    made = ColumnEstimate(
        column=name,
        kind="text",
        alias="default",
        model="small",
        calls=exactly(100),
        calls_in_turn=exactly(1),
        call_prompt_tokens=exactly(1_000),
        call_completion_tokens=exactly(500),
        call_seconds=exactly(3),
        prices=PRICES,
    )
    return replace(made, **parts)


def estimate(*columns: ColumnEstimate, concurrency: int = 10, **parts: Any) -> RecipeEstimate:
    made = RecipeEstimate(
        rows=100,
        pass_rate=exactly(1),
        candidates=exactly(100),
        most_candidates=1_000,
        columns=columns,
        waves=tuple((each.key,) for each in columns),
        concurrency=concurrency,
    )
    return replace(made, **parts)


def numbers(band: EstimateBand | None) -> list[float]:
    return [] if band is None else [band.at(size) for size in Size]


def test_money_is_for_a_million_tokens() -> None:
    assert numbers(column().cost) == pytest.approx([0.2] * 3)


def test_a_column_without_a_price_makes_the_total_unknown_and_is_named() -> None:
    whole = estimate(column(), column("title", model="odd", prices=None))
    assert (whole.cost, whole.unpriced) == (None, ("odd",))
    assert numbers(whole.known_cost) == pytest.approx([0.2] * 3)


def test_a_model_that_is_never_asked_needs_no_price() -> None:
    whole = estimate(column(), column("title", model="odd", prices=None, calls=NOTHING))
    assert numbers(whole.cost) == pytest.approx([0.2] * 3)


def test_models_are_totalled_in_the_order_in_which_they_are_asked() -> None:
    whole = estimate(column(), column("title", model="odd", prices=None), column("body"))
    small, odd = whole.models
    assert (small.model, small.calls.expected) == ("small", 200)
    assert numbers(small.cost) == pytest.approx([0.4] * 3)
    assert (odd.model, odd.calls.expected, odd.cost) == ("odd", 100, None)


@pytest.mark.parametrize(("concurrency", "seconds"), [(1, 600), (10, 60), (1_000, 6)])
def test_calls_are_shared_out_but_no_row_is_faster_than_its_waves(concurrency: int, seconds: float) -> None:
    taken = estimate(column(), column("title"), concurrency=concurrency).seconds
    assert numbers(taken) == pytest.approx([seconds] * 3)


def test_columns_of_one_wave_wait_at_the_same_time() -> None:
    whole = estimate(column(), column("title"), concurrency=1_000, waves=(("review", "title"),))
    assert whole.seconds == exactly(3)


def test_a_batch_takes_the_time_that_batches_take() -> None:
    whole = estimate(column(is_batch=True), concurrency=1)
    assert whole.seconds == BATCH_SECONDS


def test_a_column_that_may_not_ask_need_not_be_waited_for() -> None:
    unsure = column(calls=EstimateBand(low=0, expected=50, high=100))
    assert estimate(unsure, concurrency=1_000).seconds.low == 0


@given(bands, bands)
def test_totals_are_sums(one: EstimateBand, other: EstimateBand) -> None:
    whole = estimate(column(calls=one), column("title", calls=other))
    for size in Size:
        assert whole.calls.at(size) == one.at(size) + other.at(size)
        assert whole.prompt_tokens.at(size) == pytest.approx(1_000 * (one.at(size) + other.at(size)))


@given(st.floats(0, 1e6), st.floats(0, 1e6))
def test_longer_answers_take_longer(tokens: float, more: float) -> None:
    short, long = online_seconds(exactly(tokens)), online_seconds(exactly(tokens + more))
    assert all(0 < short.at(size) <= long.at(size) for size in Size)
