import pytest

from textnlp.domain.admission.retry import PATIENCE_SECONDS, RetryPolicy, brisk_policy
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError

POLICY = RetryPolicy(max_attempts=4, deadline_seconds=60.0, first_delay_seconds=0.1, longest_delay_seconds=2.0)


def delay_after(
    kind: ErrorKind, *, failures: int = 1, calls: int = 1, elapsed: float = 0.0, wait: float | None = None
) -> float | None:
    error = TextNLPError("It went wrong.", kind=kind, facts=ErrorFacts(retry_after_seconds=wait))
    return POLICY.delay(error, failures=failures, calls=calls, elapsed_seconds=elapsed, jitter=1.0)


@pytest.mark.parametrize("kind", [ErrorKind.INVALID_INPUT, ErrorKind.UNAUTHENTICATED, ErrorKind.CONTENT_FILTERED])
def test_an_error_that_would_come_again_is_not_tried_again(kind: ErrorKind) -> None:
    assert delay_after(kind) is None


def test_the_upper_end_of_the_back_off_doubles_until_its_ceiling() -> None:
    delays = [delay_after(ErrorKind.TIMEOUT, failures=1, calls=calls) for calls in range(1, 8)]
    assert delays == [0.1, 0.2, 0.4, 0.8, 1.6, 2.0, 2.0]


def test_failures_end_at_the_number_of_attempts() -> None:
    assert delay_after(ErrorKind.UNAVAILABLE, failures=3, calls=3) is not None
    assert delay_after(ErrorKind.UNAVAILABLE, failures=4, calls=4) is None


def test_refusals_do_not_count_as_attempts() -> None:
    assert delay_after(ErrorKind.RATE_LIMITED, failures=0, calls=50) == 2.0


def test_the_other_side_is_never_asked_earlier_than_it_said_and_hardly_later() -> None:
    assert delay_after(ErrorKind.RATE_LIMITED, failures=0, calls=50, wait=30.0) == pytest.approx(30.1)


def test_no_call_is_begun_after_the_deadline() -> None:
    assert delay_after(ErrorKind.RATE_LIMITED, failures=0, wait=30.0, elapsed=31.0) is None


def test_many_calls_do_not_overflow() -> None:
    assert delay_after(ErrorKind.RATE_LIMITED, failures=0, calls=100_000) == 2.0


def test_a_brisk_call_is_made_again_once_and_soon_while_its_turn_may_be_long_in_coming() -> None:
    policy = brisk_policy(deadline_seconds=600.0)
    error = TextNLPError("It went wrong.", kind=ErrorKind.UNAVAILABLE)
    assert policy.delay(error, failures=1, calls=1, elapsed_seconds=0.5, jitter=1.0) is not None
    assert policy.delay(error, failures=1, calls=1, elapsed_seconds=PATIENCE_SECONDS, jitter=1.0) is None
    assert policy.delay(error, failures=2, calls=2, elapsed_seconds=0.5, jitter=1.0) is None
    assert (policy.seconds_for_a_turn, policy.patience_seconds) == (600.0, PATIENCE_SECONDS)
    assert brisk_policy(deadline_seconds=0.5).deadline_seconds == 0.5
    assert POLICY.seconds_for_a_turn == 60.0
