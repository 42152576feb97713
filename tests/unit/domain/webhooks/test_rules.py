from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.webhooks.model import Attempt, DeliveryState
from textnlp.domain.webhooks.rules import DISABLED_AFTER, RETRY_SECONDS, Verdict, judge

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def judged(
    status: int | None = 500,
    *,
    failures: int = 0,
    failing_since: datetime | None = None,
    retry_after: float | None = None,
    jitter: float = 0.0,
    at: datetime = NOON,
) -> Verdict:
    attempt = Attempt(number=failures + 1, at=at, duration_seconds=0.0, status_code=status)
    return judge(
        attempt, failures=failures, failing_since=failing_since, retry_after_seconds=retry_after, jitter=jitter
    )


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_what_is_taken_is_delivered_and_the_webhook_fails_no_more(status: int) -> None:
    verdict = judged(status, failures=3, failing_since=NOON - timedelta(days=9))
    assert verdict == Verdict(state=DeliveryState.DELIVERED)


@pytest.mark.parametrize("status", [None, 199, 300, 301, 307, 400, 404, 429, 500, 503])
def test_any_other_answer_and_none_at_all_are_tried_again(status: int | None) -> None:
    verdict = judged(status)
    assert (verdict.state, verdict.failures, verdict.failing_since) == (DeliveryState.PENDING, 1, NOON)
    assert verdict.next_attempt_at == NOON + timedelta(seconds=5)


def test_the_schedule_is_the_one_of_standard_webhooks_and_then_it_is_given_up() -> None:
    at, pauses = NOON, list[float]()
    verdict = judged(failing_since=NOON)
    while verdict.next_attempt_at is not None:
        pauses.append((verdict.next_attempt_at - at).total_seconds())
        at = verdict.next_attempt_at
        verdict = judged(failures=len(pauses), at=at, failing_since=NOON)
    assert pauses == [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400]
    assert at - NOON == timedelta(hours=75, minutes=35, seconds=5)
    assert verdict.state is DeliveryState.FAILED


@given(
    failures=st.integers(0, len(RETRY_SECONDS) - 1),
    jitter=st.floats(0, 1, exclude_max=True),
    retry_after=st.none() | st.floats(0, 1e9),
)
def test_a_pause_is_never_shorter_than_the_schedule_nor_longer_than_a_fifth_more_or_a_day_asked_for(
    failures: int, jitter: float, retry_after: float | None
) -> None:
    verdict = judged(failures=failures, jitter=jitter, retry_after=retry_after)
    assert verdict.next_attempt_at is not None
    pause = (verdict.next_attempt_at - NOON).total_seconds()
    planned = RETRY_SECONDS[failures]
    assert planned <= pause <= max(1.2 * planned + 1e-6, min(retry_after or 0.0, 86_400) + 1e-6)


def test_a_receiver_that_is_gone_is_told_nothing_any_more() -> None:
    verdict = judged(410)
    assert (verdict.state, verdict.next_attempt_at) == (DeliveryState.FAILED, None)
    assert verdict.disabled_reason is not None
    assert "410" in verdict.disabled_reason


def test_five_days_without_a_success_switch_a_webhook_off_and_its_deliveries_wait() -> None:
    almost = judged(failing_since=NOON - DISABLED_AFTER + timedelta(seconds=1))
    assert almost.disabled_reason is None
    verdict = judged(failing_since=NOON - DISABLED_AFTER)
    assert verdict.disabled_reason is not None
    assert verdict.state is DeliveryState.PENDING
    assert verdict.failing_since == NOON - DISABLED_AFTER
