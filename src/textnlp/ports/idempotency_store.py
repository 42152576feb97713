"""Keys of calls that may be repeated, and the answers that are given again."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from textnlp.domain.idempotency.model import KeptAnswer, KeyClaim, KeyState


class IdempotencyStore(Protocol):
    """Lets one call at a time answer for a key, whatever number of processes asks at once.

    Every method either did everything or nothing; a store that cannot be reached raises `UNAVAILABLE`. Keys of
    different tenants never meet.
    """

    async def claim(self, claims: Sequence[KeyClaim]) -> list[KeptAnswer | KeyState]:
        """Claim keys, one after the other; say of each, in order, what became of it.

        A key is free that was never claimed, was released, or whose claim or answer has expired at `claimed_at`.
        """
        ...

    async def keep(self, answers: Sequence[tuple[KeyClaim, KeptAnswer]]) -> None:
        """Keep what calls were answered with; a claim that somebody else has taken over meanwhile is let be."""
        ...

    async def release(self, claims: Sequence[KeyClaim]) -> None:
        """Free keys whose calls have no answer; one that has an answer, or another claim, is let be."""
        ...

    async def expire(self, now: datetime) -> int:
        """Remove what has expired at `now`, and return how much that was."""
        ...
