"""What was looked up lately."""

from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from textnlp.domain.expiring_map import ExpiringMap
from textnlp.ports.clock import Clock

REVOKED_WITHIN_SECONDS = 10.0
"""How long what was looked up is believed without another look: a revocation or another limit works within it."""

_MOST_REMEMBERED = 10_000

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


class LatelyFound(Generic[_Key, _Value]):
    """Looks things up at most once in `REVOKED_WITHIN_SECONDS` each; that there is none is remembered as well.

    The time counts from when the look-up began. One that fails is not remembered.
    """

    def __init__(self, look_up: Callable[[_Key], Awaitable[_Value]], *, clock: Clock) -> None:
        self._look_up = look_up
        self._clock = clock
        self._found = ExpiringMap[_Key, tuple[_Value]](capacity=_MOST_REMEMBERED)

    async def find(self, key: _Key) -> _Value:
        """Return what is under `key`, or was within `REVOKED_WITHIN_SECONDS`; raises what the look-up does."""
        began = self._clock.monotonic()
        known = self._found.get(key, now=began)
        if known is not None:
            return known[0]
        value = await self._look_up(key)
        self._found.put(key, (value,), until=began + REVOKED_WITHIN_SECONDS)
        return value
