"""Answers of models in memory, gone with the process."""

from collections.abc import Sequence
from datetime import datetime

from textnlp.adapters.database.kept_completions import decode_completion, encode_completion
from textnlp.domain.generation.model import Completion
from textnlp.domain.generation.reuse import CacheSize
from textnlp.domain.identity.tenant import required_tenant
from textnlp.ports.clock import Clock

_Entries = dict[tuple[str, bytes], tuple[bytes, datetime]]


class MemoryCallCache:
    """Satisfies the `CallCache` port; keeps answers in the form in which a database would."""

    def __init__(self, *, clock: Clock, entries: _Entries | None = None, tenant: str | None = None) -> None:
        self._clock = clock
        self._entries: _Entries = {} if entries is None else entries
        self._tenant = tenant

    def for_tenant(self, tenant: str) -> "MemoryCallCache":
        """Return the cache as one tenant sees it."""
        return MemoryCallCache(clock=self._clock, entries=self._entries, tenant=tenant)

    async def find(self, keys: Sequence[bytes]) -> dict[bytes, Completion]:
        """Return what is kept for these keys."""
        tenant = required_tenant(self._tenant)
        found: dict[bytes, Completion] = {}
        for key in keys:
            entry = self._entries.get((tenant, key))
            if entry is not None and (completion := decode_completion(entry[0])) is not None:
                found[key] = completion
        return found

    async def keep(self, entries: Sequence[tuple[bytes, Completion]]) -> None:
        """Keep answers."""
        tenant, now = required_tenant(self._tenant), self._clock.now()
        for key, completion in entries:
            if (encoded := encode_completion(completion)) is not None:
                self._entries.setdefault((tenant, key), (encoded, now))

    async def forget_before(self, moment: datetime) -> int:
        """Remove what was kept before `moment`."""
        old = [place for place in self._mine() if self._entries[place][1] < moment]
        for place in old:
            del self._entries[place]
        return len(old)

    async def size(self) -> CacheSize:
        """Return how much is kept."""
        mine = self._mine()
        return CacheSize(entries=len(mine), size_bytes=sum(len(self._entries[place][0]) for place in mine))

    def _mine(self) -> list[tuple[str, bytes]]:
        return [place for place in self._entries if self._tenant in {None, place[0]}]
