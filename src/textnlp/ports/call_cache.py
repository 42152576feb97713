"""Answers of models, kept for whoever asks the same again."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from textnlp.domain.generation.model import Completion
from textnlp.domain.generation.reuse import CacheSize


class CallCache(Protocol):
    """Keeps answers by what was asked, apart for each tenant.

    Keys are 16 bytes that are equal where everything that was asked is, and who was asked. Every method either
    did everything or nothing; a cache that cannot be reached raises `UNAVAILABLE`. Answers are found and kept on
    behalf of a tenant alone: before `for_tenant` both raise `INTERNAL`, and the others speak of all tenants together.
    """

    def for_tenant(self, tenant: str) -> "CallCache":
        """Return the cache as one tenant sees it: what others keep is not there."""
        ...

    async def find(self, keys: Sequence[bytes]) -> Mapping[bytes, Completion]:
        """Return what is kept for these keys, without those for which nothing is.

        An answer in a form that is no longer read counts as not there, and makes room for another one.
        """
        ...

    async def keep(self, entries: Sequence[tuple[bytes, Completion]]) -> None:
        """Keep answers; of several for one key the first stays, whoever brought it.

        An answer of more than `MOST_KEPT_BYTES` is passed over.
        """
        ...

    async def forget_before(self, moment: datetime) -> int:
        """Remove what was kept before `moment`, and return how many answers that were."""
        ...

    async def size(self) -> CacheSize:
        """Return how much is kept; it reads all of it, so that it is asked seldom."""
        ...
