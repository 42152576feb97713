from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.limits.decision import MICROSECONDS
from textnlp.domain.limits.window import UsageWindow, span_microseconds
from textnlp.topology.limits import CALL_LIMITS, QUOTA, CallLimit

SLIDING = CallLimit(name="sliding", counts="calls", allowed=6, renewal_seconds=60)
FIXED = CallLimit(name="fixed", counts="calls", allowed=6, renewal_seconds=301)
PERIOD = 60 * MICROSECONDS
SPAN = MICROSECONDS
START = 1_000 * MICROSECONDS


def test_of_the_platforms_limits_the_quota_alone_is_a_fixed_window() -> None:
    fixed = [limit.name for limit in CALL_LIMITS if span_microseconds(limit) == limit.renewal_seconds * MICROSECONDS]
    assert fixed == [QUOTA]


def test_units_of_one_span_are_free_a_period_after_the_last_of_them() -> None:
    window = UsageWindow()
    window.charge(SLIDING, 3, now=START)
    window.charge(SLIDING, 3, now=START + SPAN - 1)
    assert window.wait(SLIDING, 1, now=START + SPAN) == PERIOD - 1
    assert window.wait(SLIDING, 6, now=START + SPAN - 1 + PERIOD) == 0


def test_units_of_two_spans_are_free_one_after_the_other() -> None:
    window = UsageWindow()
    window.charge(SLIDING, 4, now=START)
    window.charge(SLIDING, 2, now=START + SPAN)
    assert window.wait(SLIDING, 4, now=START + SPAN) == PERIOD - SPAN
    assert window.wait(SLIDING, 5, now=START + SPAN) == PERIOD
    assert window.standing(SLIDING, now=START + SPAN).reset_microseconds == PERIOD


def test_a_fixed_window_is_free_when_its_period_ends_whenever_its_units_were_taken() -> None:
    window = UsageWindow()
    begin = 4 * 301 * MICROSECONDS
    window.charge(FIXED, 1, now=begin + 50 * MICROSECONDS)
    window.charge(FIXED, 5, now=begin + 200 * MICROSECONDS)
    assert window.wait(FIXED, 6, now=begin + 200 * MICROSECONDS) == 101 * MICROSECONDS
    assert window.wait(FIXED, 6, now=begin + 301 * MICROSECONDS - 1) == 1
    assert window.wait(FIXED, 6, now=begin + 301 * MICROSECONDS) == 0


def test_where_time_runs_backwards_nobody_waits_longer_than_a_period() -> None:
    for limit in (SLIDING, FIXED):
        window = UsageWindow()
        window.charge(limit, 6, now=START + 9_000 * MICROSECONDS)
        assert window.wait(limit, 1, now=START) == limit.renewal_seconds * MICROSECONDS
        assert window.wait(limit, 6, now=START + limit.renewal_seconds * MICROSECONDS) == 0


@given(st.lists(st.integers(0, 2 * SPAN), max_size=400))
def test_a_window_never_holds_more_than_sixty_two_spans(pauses: list[int]) -> None:
    window = UsageWindow()
    now = START
    for pause in pauses:
        now += pause
        window.charge(SLIDING, 1, now=now)
        assert len(window._spans) <= 62  # pyright: ignore[reportPrivateUsage]  the size is the promise


@given(st.lists(st.tuples(st.integers(0, 20 * SPAN), st.integers(0, 6), st.integers(0, 6)), max_size=40))
def test_giving_back_never_counts_less_than_what_was_used(steps: list[tuple[int, int, int]]) -> None:
    """Every step takes an estimate; what is settled is the one of the step before, at the time of this."""
    window = UsageWindow()
    now = START
    used: list[tuple[int, int]] = []
    open_estimate: tuple[int, int, int] | None = None
    for pause, estimate, surplus in steps:
        now += pause
        if open_estimate is not None:
            at, taken, unused = open_estimate
            window.give_back(SLIDING, unused, now=now, taken_ago=now - at)
            used.append((at, taken - unused))
        window.charge(SLIDING, estimate, now=now)
        open_estimate = (now, estimate, min(surplus, estimate))
        really = sum(units for at, units in used if at > now - PERIOD) + estimate
        assert window.used >= really
