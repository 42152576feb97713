"""Whether a call that failed is made again, and when."""

from dataclasses import dataclass
from http import HTTPStatus

from textnlp.domain.errors import ErrorKind, TextNLPError

_PASSING_STATUSES = frozenset(
    {
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
    },
)
_FIRST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 8.0
_LONGEST_ASKED_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Makes a call again at most `retries` times, for reasons that pass."""

    retries: int

    def pause_seconds(self, error: TextNLPError, *, attempt: int, share: float) -> float | None:
        """Return how long to wait after attempt number `attempt` failed, from 1, or None to let the error stand.

        The pauses double, each shortened by up to half, as `share` between 0 and 1 says, so that callers who failed
        together do not come back together. A conflict passes where the platform says when: an earlier attempt with the
        same key still runs. A platform that asks for a longer pause gets it, up to a minute; where it asks for more,
        or refuses for a spent budget, the error stands.
        """
        if attempt > self.retries or not _is_passing(error):
            return None
        asked = error.facts.retry_after_seconds or 0.0
        if asked > _LONGEST_ASKED_SECONDS:
            return None
        pause = min(_LONGEST_PAUSE_SECONDS, _FIRST_PAUSE_SECONDS * 2.0 ** (attempt - 1))
        return max(asked, pause * (1 - share / 2))


def _is_passing(error: TextNLPError) -> bool:
    if error.kind is ErrorKind.LIMIT_REACHED:
        return False
    status = error.facts.status_code
    if status == HTTPStatus.CONFLICT:
        return error.facts.retry_after_seconds is not None
    return error.kind is ErrorKind.UNAVAILABLE if status is None else status in _PASSING_STATUSES
