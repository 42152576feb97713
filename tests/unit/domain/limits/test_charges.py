import pytest

from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.limits.charges import charges, counting_tokens
from textnlp.topology.limits import CALL_LIMITS, CallLimit

CALLS = CallLimit(name="calls", counts="calls", allowed=10, renewal_seconds=60)
TOKENS = CallLimit(name="tokens", counts="tokens", allowed=100, renewal_seconds=60)


def test_calls_and_tokens_are_charged_to_the_limits_that_count_them() -> None:
    assert charges([CALLS, TOKENS], calls=2, tokens=30) == [(CALLS, 2), (TOKENS, 30)]
    assert charges([CALLS, TOKENS], calls=2, tokens=0) == [(CALLS, 2)]
    assert charges([CALLS, TOKENS], calls=0, tokens=100) == [(TOKENS, 100)]
    assert counting_tokens([CALLS, TOKENS]) == [TOKENS]


def test_every_limit_of_the_platform_counts_something_that_a_call_takes() -> None:
    assert [limit for limit, _ in charges(CALL_LIMITS, calls=1, tokens=1)] == list(CALL_LIMITS)


@pytest.mark.parametrize(("calls", "tokens"), [(0, 0), (-1, 5), (5, -1)])
def test_taking_nothing_or_less_is_a_mistake_of_the_program(calls: int, tokens: int) -> None:
    with pytest.raises(ValueError, match="charge none"):
        charges([CALLS, TOKENS], calls=calls, tokens=tokens)


def test_taking_of_no_limit_is_a_mistake_of_the_program() -> None:
    with pytest.raises(ValueError, match="charge none"):
        charges([], calls=1, tokens=0)


def test_more_than_a_limit_ever_allows_is_too_large_and_says_so() -> None:
    with pytest.raises(TextNLPError, match=r"101 tokens; the limit 'tokens' allows 100 in 60 seconds") as caught:
        charges([CALLS, TOKENS], calls=1, tokens=101)
    assert caught.value.kind is ErrorKind.TOO_LARGE
    assert not caught.value.is_retryable
