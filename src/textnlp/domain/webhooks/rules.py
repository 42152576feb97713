"""When an event is posted again, and when a webhook is switched off."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from textnlp.domain.webhooks.model import Attempt, DeliveryState
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.records import WEBHOOK_DELIVERIES

RETRY_SECONDS = (5, 5 * 60, 30 * 60, 2 * 3_600, 5 * 3_600, 10 * 3_600, 14 * 3_600, 20 * 3_600, 24 * 3_600)
"""Pause after each failed attempt, the example schedule of Standard Webhooks 1.0; after the last one it stands."""

JITTER_SHARE = 0.2
"""A pause is longer by a random part of it up to this share, so that what failed together is not tried together."""

LONGEST_PAUSE_SECONDS = 24 * 3_600
"""The longest wait that a receiver may ask for."""

DISABLED_AFTER = timedelta(days=5)
"""A webhook none of whose attempts succeeded for so long is switched off."""

OLD_SECRET_VALID = timedelta(hours=24)
"""How long signatures are made with the former secret, too, once there is another."""

MAX_SECRETS = 3
"""Secrets of one webhook at most; exchanging once more ends the oldest at once."""

KEPT_FOR = timedelta(days=TOPOLOGY.record(WEBHOOK_DELIVERIES).retention_days or 0)
"""How long a delivery stays in the log, delivered or not."""

LENT_PER_WEBHOOK = 4
"""Deliveries of one webhook that are attempted at a time."""

_GONE = "The receiver answered 410 Gone."
_FAILING = f"Every attempt has failed for {DISABLED_AFTER.days} days."


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What follows from an attempt.

    Attributes:
        state: of the delivery.
        next_attempt_at: when it is posted again, None when it is not.
        failures: failed attempts since it was created or asked for again.
        failing_since: of the webhook.
        disabled_reason: why the webhook is switched off; None leaves it as it is.
    """

    state: DeliveryState
    next_attempt_at: datetime | None = None
    failures: int = 0
    failing_since: datetime | None = None
    disabled_reason: str | None = None


def is_success(status_code: int | None) -> bool:
    """Whether a receiver has taken the event: with any status of 2xx, and with no other."""
    return status_code is not None and HTTPStatus.OK <= status_code < HTTPStatus.MULTIPLE_CHOICES


def judge(
    attempt: Attempt,
    *,
    failures: int,
    failing_since: datetime | None,
    retry_after_seconds: float | None,
    jitter: float,
) -> Verdict:
    """Say what follows from `attempt`, which `failures` failed ones preceded.

    A receiver's wish to wait makes a pause longer, never shorter. 410, and five days without a success, switch the
    webhook off; the delivery fails with 410 only. `jitter` is random in [0, 1).
    """
    if is_success(attempt.status_code):
        return Verdict(state=DeliveryState.DELIVERED)
    since = failing_since or attempt.at
    if attempt.status_code == HTTPStatus.GONE:
        return _failed(failures, since, _GONE)
    reason = _FAILING if attempt.at - since >= DISABLED_AFTER else None
    if failures >= len(RETRY_SECONDS):
        return _failed(failures, since, reason)
    pause = RETRY_SECONDS[failures] * (1 + JITTER_SHARE * jitter)
    asked = min(retry_after_seconds or 0.0, LONGEST_PAUSE_SECONDS)
    return Verdict(
        state=DeliveryState.PENDING,
        next_attempt_at=attempt.at + timedelta(seconds=attempt.duration_seconds + max(pause, asked)),
        failures=failures + 1,
        failing_since=since,
        disabled_reason=reason,
    )


def _failed(failures: int, since: datetime, reason: str | None) -> Verdict:
    return Verdict(state=DeliveryState.FAILED, failures=failures + 1, failing_since=since, disabled_reason=reason)
