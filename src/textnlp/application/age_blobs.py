"""Apply the lifecycle rules of the declaration to blobs whose store does not do so itself."""

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.ports.blob_store import BlobStore
from textnlp.topology.containers import LifecycleRule


@dataclass(frozen=True, slots=True, kw_only=True)
class AgedBlobs:
    """What was deleted because of its age."""

    blobs: int = 0
    size_bytes: int = 0


async def age_blobs(store: BlobStore, rules: Iterable[LifecycleRule], *, now: datetime) -> AgedBlobs:
    """Delete the blobs whose last change is so many days old as a rule says, and return what that was.

    Tiers are passed over: where one disk holds everything, no place is cheaper than another. Earlier versions are too,
    since such a store keeps none. A blob that is changed meanwhile is looked at again before it goes. Raises
    `UNAVAILABLE`; what was deleted until then stays so.
    """
    blobs, size_bytes = 0, 0
    for rule in rules:
        if rule.delete_after_days is None:
            continue
        oldest = now - timedelta(days=rule.delete_after_days)
        for prefix in rule.prefixes:
            async with contextlib.aclosing(store.entries(f"{prefix}/")) as infos:
                async for info in infos:
                    if info.modified_at <= oldest and await _is_still_old(store, info.path, oldest):
                        await store.delete(info.path)
                        blobs += 1
                        size_bytes += info.size_bytes
    return AgedBlobs(blobs=blobs, size_bytes=size_bytes)


async def _is_still_old(store: BlobStore, path: str, oldest: datetime) -> bool:
    try:
        return (await store.head(path)).modified_at <= oldest
    except TextNLPError as error:
        if error.kind is not ErrorKind.NOT_FOUND:
            raise
        return False
