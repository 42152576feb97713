import pytest

from textnlp.client.retries import RetryPolicy
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError


def failed(kind: ErrorKind, status: int | None, after: float | None = None) -> TextNLPError:
    return TextNLPError("No.", kind=kind, facts=ErrorFacts(status_code=status, retry_after_seconds=after))


@pytest.mark.parametrize(
    ("error", "is_tried_again"),
    [
        (failed(ErrorKind.UNAVAILABLE, None), True),
        (failed(ErrorKind.RATE_LIMITED, 429), True),
        (failed(ErrorKind.BAD_RESPONSE, 502), True),
        (failed(ErrorKind.UNAVAILABLE, 503), True),
        (failed(ErrorKind.TIMEOUT, 504), True),
        (failed(ErrorKind.LIMIT_REACHED, 429), False),
        (failed(ErrorKind.CONFLICT, 409, 1), True),
        (failed(ErrorKind.CONFLICT, 409), False),
        (failed(ErrorKind.INTERNAL, 500), False),
        (failed(ErrorKind.NOT_FOUND, 404), False),
        (failed(ErrorKind.INVALID_INPUT, None), False),
        (failed(ErrorKind.RATE_LIMITED, 429, 3600), False),
    ],
)
def test_only_what_passes_soon_is_tried_again(error: TextNLPError, *, is_tried_again: bool) -> None:
    pause = RetryPolicy(2).pause_seconds(error, attempt=1, share=0.5)
    assert (pause is not None) is is_tried_again


def test_pauses_double_up_to_a_limit_and_attempts_end() -> None:
    error = failed(ErrorKind.UNAVAILABLE, 503)
    pauses = [RetryPolicy(7).pause_seconds(error, attempt=attempt, share=0) for attempt in range(1, 9)]
    assert pauses == [0.5, 1, 2, 4, 8, 8, 8, None]
    assert RetryPolicy(7).pause_seconds(error, attempt=1, share=1) == 0.25
    assert RetryPolicy(0).pause_seconds(error, attempt=1, share=0) is None


def test_a_platform_that_asks_for_a_pause_gets_at_least_that() -> None:
    assert RetryPolicy(1).pause_seconds(failed(ErrorKind.RATE_LIMITED, 429, 7), attempt=1, share=1) == 7
    assert RetryPolicy(1).pause_seconds(failed(ErrorKind.RATE_LIMITED, 429, 0.1), attempt=1, share=0) == 0.5
