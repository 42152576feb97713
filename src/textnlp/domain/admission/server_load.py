"""How busy a model server says it is."""

from dataclasses import dataclass

_NEARLY_FULL = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerLoad:
    """What a server works on for all its callers together, not for this process alone.

    Attributes:
        running: requests that it writes answers to.
        waiting: requests that it has taken and not begun.
        cache_use: share of its KV cache that is in use, 0 to 1; beyond it, requests are put back to wait.
    """

    running: int
    waiting: int
    cache_use: float

    @property
    def queued_share(self) -> float:
        """Requests that wait, as a share of all that it has."""
        return self.waiting / max(1, self.waiting + self.running)

    @property
    def is_nearly_full(self) -> bool:
        """Whether the next request would be at the cost of one that runs."""
        return self.cache_use >= _NEARLY_FULL
