"""Whether and when a call that went wrong is made again."""

import math
from dataclasses import dataclass

from textnlp.domain.errors import TextNLPError

_MOST_DOUBLINGS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """Exponential back-off with full jitter, within a number of attempts and a deadline.

    A refusal for want of capacity (429) is back-pressure, not a failure: it is waited out as long as the deadline
    allows and does not count as an attempt. Where the other side says how long to wait, that is what is waited, and a
    little jitter. The jitter is Brooker's "full" one (AWS Architecture Blog, 2015).

    Attributes:
        max_attempts: failed calls after which the error stands.
        deadline_seconds: time from the first call after which no further one is begun.
        first_delay_seconds: upper end of the first back-off; it doubles with each failure.
        longest_delay_seconds: where the doubling ends.
        turn_seconds: time from the first call until which a turn is waited for; `deadline_seconds` where None.
        patience_seconds: how long a turn is waited for where only time brings it: a pause, a minute that is used up,
            a breaker that is open.
    """

    max_attempts: int = 6
    deadline_seconds: float = 900.0
    first_delay_seconds: float = 0.1
    longest_delay_seconds: float = 20.0
    turn_seconds: float | None = None
    patience_seconds: float = math.inf

    @property
    def seconds_for_a_turn(self) -> float:
        """Return how long after the first call a turn is still waited for."""
        return self.deadline_seconds if self.turn_seconds is None else self.turn_seconds

    def delay(
        self,
        error: TextNLPError,
        *,
        failures: int,
        calls: int,
        elapsed_seconds: float,
        jitter: float,
    ) -> float | None:
        """Return the seconds to wait before the next call, or None when the error stands.

        `calls` counts the calls so far, this one included, and `failures` those of them that count as attempts;
        `jitter` is random in [0, 1).
        """
        if not error.is_retryable:
            return None
        if failures >= self.max_attempts:
            return None
        asked = error.facts.retry_after_seconds
        if asked is not None:
            wait = asked + jitter * self.first_delay_seconds
        else:
            doublings = min(_MOST_DOUBLINGS, calls - 1)
            wait = jitter * min(self.longest_delay_seconds, self.first_delay_seconds * 2.0**doublings)
        return wait if elapsed_seconds + wait <= self.deadline_seconds else None


PATIENCE_SECONDS = 2.0
"""How long a deployment is borne with while another one could be asked."""


def brisk_policy(*, deadline_seconds: float) -> RetryPolicy:
    """Return how a deployment is asked while there is another one: once more at most, and soon.

    A call still waits for its turn among others for as long as `deadline_seconds`; it does not wait where nothing
    moves, and begins no second call later than `PATIENCE_SECONDS`.
    """
    return RetryPolicy(
        max_attempts=2,
        deadline_seconds=min(PATIENCE_SECONDS, deadline_seconds),
        turn_seconds=deadline_seconds,
        patience_seconds=PATIENCE_SECONDS,
    )


NO_RETRIES = RetryPolicy(max_attempts=1, deadline_seconds=0.0)
