"""Keys and answers in memory, gone with the process."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from textnlp.domain.idempotency.model import KeptAnswer, KeyClaim, KeyState


@dataclass(frozen=True, slots=True)
class _Entry:
    claim: KeyClaim
    answer: KeptAnswer | None = None

    @property
    def expires_at(self) -> datetime:
        return self.claim.expires_at if self.answer is None else self.answer.expires_at


class MemoryIdempotencyStore:
    """Satisfies the `IdempotencyStore` port."""

    def __init__(self) -> None:
        self._entries: dict[tuple[str, bytes], _Entry] = {}

    async def claim(self, claims: Sequence[KeyClaim]) -> list[KeptAnswer | KeyState]:
        """Claim keys, one after the other."""
        return [self._claim_one(claim) for claim in claims]

    async def keep(self, answers: Sequence[tuple[KeyClaim, KeptAnswer]]) -> None:
        """Keep what calls were answered with."""
        for claim, answer in answers:
            if (entry := self._held(claim)) is not None:
                self._entries[_place(claim)] = dataclasses.replace(entry, answer=answer)

    async def release(self, claims: Sequence[KeyClaim]) -> None:
        """Free keys whose calls have no answer."""
        for claim in claims:
            if self._held(claim) is not None:
                del self._entries[_place(claim)]

    async def expire(self, now: datetime) -> int:
        """Remove what has expired."""
        expired = [place for place, entry in self._entries.items() if entry.expires_at <= now]
        for place in expired:
            del self._entries[place]
        return len(expired)

    def _claim_one(self, claim: KeyClaim) -> KeptAnswer | KeyState:
        entry = self._entries.get(_place(claim))
        if entry is None or entry.expires_at <= claim.claimed_at:
            self._entries[_place(claim)] = _Entry(claim)
            return KeyState.CLAIMED
        return entry.answer or KeyState.IN_USE

    def _held(self, claim: KeyClaim) -> _Entry | None:
        entry = self._entries.get(_place(claim))
        return entry if entry is not None and entry.claim.id == claim.id and entry.answer is None else None


def _place(claim: KeyClaim) -> tuple[str, bytes]:
    return claim.tenant, claim.key_id
