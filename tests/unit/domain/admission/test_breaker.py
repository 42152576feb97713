from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.admission.breaker import BreakerState, CircuitBreaker


def opened(*, threshold: int = 3, at: float = 10.0) -> CircuitBreaker:
    breaker = CircuitBreaker(threshold=threshold)
    for _ in range(threshold):
        breaker.on_start()
        breaker.on_failure(at)
    return breaker


def test_failures_below_the_threshold_change_nothing() -> None:
    breaker = CircuitBreaker(threshold=3)
    breaker.on_failure(1.0)
    breaker.on_failure(1.0)
    assert breaker.state(1.0) is BreakerState.CLOSED


def test_a_success_in_between_starts_the_count_again() -> None:
    breaker = CircuitBreaker(threshold=2)
    breaker.on_failure(1.0)
    breaker.on_success()
    breaker.on_failure(1.0)
    assert breaker.state(1.0) is BreakerState.CLOSED


def test_it_opens_for_a_second_and_then_lets_one_probe_through() -> None:
    breaker = opened(at=10.0)
    assert breaker.state(10.5) is BreakerState.OPEN
    assert breaker.delay(10.25) == 0.75
    assert breaker.state(11.0) is BreakerState.HALF_OPEN
    assert breaker.delay(11.0) == 0.0
    breaker.on_start()
    assert breaker.delay(11.0) > 0


def test_a_probe_that_fails_doubles_the_pause_up_to_fifteen_seconds() -> None:
    breaker = opened(at=0.0)
    now = 0.0
    pauses: list[float] = []
    for _ in range(6):
        now += breaker.delay(now)
        breaker.on_start()
        breaker.on_failure(now)
        pauses.append(breaker.delay(now))
    assert pauses == [2.0, 4.0, 8.0, 15.0, 15.0, 15.0]


def test_a_probe_that_succeeds_closes_it() -> None:
    breaker = opened(at=0.0)
    breaker.on_start()
    breaker.on_success()
    assert breaker.state(1.0) is BreakerState.CLOSED
    assert breaker.opened_at is None


def test_a_probe_that_was_cancelled_lets_another_through() -> None:
    breaker = opened(at=0.0)
    breaker.on_start()
    breaker.on_cancel()
    assert breaker.delay(2.0) == 0.0


@given(st.lists(st.sampled_from(["start", "success", "failure", "cancel"]), max_size=60))
def test_whatever_happens_it_never_holds_calls_back_for_more_than_fifteen_seconds(events: list[str]) -> None:
    breaker = CircuitBreaker(threshold=2)
    now = 0.0
    for event in events:
        now += 0.5
        match event:
            case "start":
                breaker.on_start()
            case "success":
                breaker.on_success()
            case "failure":
                breaker.on_failure(now)
            case _:
                breaker.on_cancel()
        assert 0.0 <= breaker.delay(now) <= 15.0
