"""What was verified lately, for as long as it holds."""

from collections import OrderedDict
from typing import Generic, TypeVar

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


class ExpiringMap(Generic[_Key, _Value]):
    """A map of at most `capacity` entries, each with a time at which it ends; the longest unused make room.

    Times are seconds of any one clock. Every operation is a look-up or two, whatever the size.
    """

    def __init__(self, *, capacity: int) -> None:
        self._capacity = capacity
        self._entries: OrderedDict[_Key, tuple[float, _Value]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: _Key, *, now: float) -> _Value | None:
        """Return what was put under `key`, unless it has ended."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        if now >= entry[0]:
            del self._entries[key]
            return None
        self._entries.move_to_end(key)
        return entry[1]

    def put(self, key: _Key, value: _Value, *, until: float) -> None:
        """Keep `value` under `key` until the clock shows `until`."""
        self._entries[key] = (until, value)
        self._entries.move_to_end(key)
        while len(self._entries) > self._capacity:
            self._entries.popitem(last=False)

    def clear(self) -> None:
        """Forget everything."""
        self._entries.clear()
