"""Whether and when a call that went wrong is made again."""

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
    """

    max_attempts: int = 6
    deadline_seconds: float = 900.0
    first_delay_seconds: float = 0.1
    longest_delay_seconds: float = 20.0

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


NO_RETRIES = RetryPolicy(max_attempts=1, deadline_seconds=0.0)
