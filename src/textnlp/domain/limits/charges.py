"""What a call takes of which limit."""

from collections.abc import Sequence

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.topology.limits import CallLimit

_CALLS = "calls"
_TOKENS = "tokens"


def charges(limits: Sequence[CallLimit], *, calls: int, tokens: int) -> list[tuple[CallLimit, int]]:
    """Return the limits that are charged, each with its units; one of which nothing is taken is left out.

    Raises `TOO_LARGE` for more than a limit ever allows, which no waiting makes room for, and `ValueError` for less
    than nothing, or where no limit is charged.
    """
    units = {_CALLS: calls, _TOKENS: tokens}
    charged = [(limit, taken) for limit in limits if (taken := units[limit.counts])]
    if min(calls, tokens) < 0 or not charged:
        raise ValueError(f"{calls} calls and {tokens} tokens charge none of {len(limits)} limits")
    for limit, taken in charged:
        if taken > limit.allowed:
            raise _too_large(limit, taken)
    return charged


def counting_tokens(limits: Sequence[CallLimit]) -> list[CallLimit]:
    """Return the limits that count tokens."""
    return [limit for limit in limits if limit.counts == _TOKENS]


def _too_large(limit: CallLimit, taken: int) -> TextNLPError:
    return TextNLPError(
        f"This takes {taken:,} {limit.counts}; the limit '{limit.name}' allows {limit.allowed:,} in "
        f"{limit.renewal_seconds:,} seconds.",
        kind=ErrorKind.TOO_LARGE,
        facts=ErrorFacts(hint="Ask for less in one call: waiting does not help.", limit_name=limit.name),
    )
