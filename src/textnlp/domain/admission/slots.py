"""The calls in flight at one deployment, and which of them have become improbably slow."""

_SLOWNESS = 10.0
_SHORTEST_STRAGGLE_SECONDS = 0.5
_LATENCY_WEIGHT = 0.05


class Slot:
    """The right to make one call."""

    __slots__ = ("began_at", "estimated_tokens", "is_straggler")

    def __init__(self, *, began_at: float, estimated_tokens: int) -> None:
        self.began_at = began_at
        self.estimated_tokens = estimated_tokens
        self.is_straggler = False


class SlotBook:
    """Counts the slots in use; a straggler is in use without taking room.

    A call is a straggler once it has taken ten times the usual time, half a second at the least; the usual time is
    an exponential average over answered calls that were none. At most `most_stragglers` are excused together.
    """

    def __init__(self, *, most_stragglers: int) -> None:
        self._most_stragglers = most_stragglers
        self._usual_seconds = 0.0
        self._open: set[Slot] = set()
        self.stragglers = 0

    def __len__(self) -> int:
        """Count every call in flight, stragglers too."""
        return len(self._open)

    @property
    def counting(self) -> int:
        """Calls in flight that take room."""
        return len(self._open) - self.stragglers

    def has_room(self, limit: int) -> bool:
        """Whether one more call fits under `limit`."""
        return len(self._open) - self.stragglers < limit

    def open(self, slot: Slot) -> None:
        """Put a call into the book."""
        self._open.add(slot)

    def close(self, slot: Slot) -> None:
        """Take a call out of the book."""
        self._open.discard(slot)
        self.stragglers -= slot.is_straggler
        slot.is_straggler = False

    def note_latency(self, slot: Slot, *, now: float) -> None:
        """Learn the usual time from an answered call."""
        if not slot.is_straggler:
            weight = _LATENCY_WEIGHT if self._usual_seconds else 1.0
            self._usual_seconds += (now - slot.began_at - self._usual_seconds) * weight

    def excuse_stragglers(self, now: float) -> None:
        """Find the calls that have become stragglers."""
        if not self._usual_seconds:
            return
        limit = max(_SHORTEST_STRAGGLE_SECONDS, _SLOWNESS * self._usual_seconds)
        for slot in self._open:
            if self.stragglers >= self._most_stragglers:
                return
            if not slot.is_straggler and now - slot.began_at > limit:
                slot.is_straggler = True
                self.stragglers += 1
