"""Find out whether the blobs that stored things refer to are there, and what was written."""

import contextlib
import dataclasses
import hashlib
import json
from collections.abc import AsyncGenerator, Sequence
from typing import Any

from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.inspection.model import BlobReference, Fault
from textnlp.domain.inspection.rules import blob_faults, is_kept
from textnlp.ports.blob_store import BlobStore
from textnlp.ports.clock import Clock
from textnlp.ports.inspector import Inspector
from textnlp.topology.catalog import TOPOLOGY

_LONGEST_MANIFEST_BYTES = 1 << 24


class BlobInspection:
    """Looks at blobs one by one, in pieces; those whose hash is known are read until `sampled` of them were.

    Args:
        sampled: None reads all of them.
    """

    def __init__(self, blobs: BlobStore, *, clock: Clock, sampled: int | None) -> None:
        self._blobs = blobs
        self._clock = clock
        self._left = sampled

    async def look(self, inspector: Inspector) -> AsyncGenerator[tuple[int, Sequence[Fault]]]:
        """Yield how many blobs were looked at, and what is wrong with them."""
        now = self._clock.now()
        async with contextlib.aclosing(inspector.blob_references(now)) as pages:
            async for page in pages:
                for reference in page:
                    if is_kept(reference, now=now, rules=TOPOLOGY.lifecycle_rules):
                        yield await self._look_at(reference)

    async def _look_at(self, reference: BlobReference) -> tuple[int, Sequence[Fault]]:
        size = await self._size(reference.path)
        faults = blob_faults(reference, size_bytes=size, sha256=None)
        if size is None or not reference.lists_files:
            return 1, faults
        try:
            files = await self._listed(reference)
        except (TextNLPError, ValueError, KeyError, TypeError) as exc:
            advice = "Restore it from a backup, or from the account's versions."
            return 1, [Fault(place=reference.path, told=f"It cannot be read: {exc}.", advice=advice)]
        for file in files:
            faults += await self._file_faults(file)
        return 1 + len(files), faults

    async def _file_faults(self, file: BlobReference) -> list[Fault]:
        size = await self._size(file.path)
        digest = await self._digest(file.path) if size == file.size_bytes and self._may_read() else None
        return blob_faults(file, size_bytes=size, sha256=digest)

    async def _listed(self, manifest: BlobReference) -> list[BlobReference]:
        document: Any = json.loads(await self._blobs.get(manifest.path, length=_LONGEST_MANIFEST_BYTES))
        folder = manifest.path.rpartition("/")[0]
        return [
            dataclasses.replace(
                manifest,
                path=f"{folder}/{file['name']}",
                size_bytes=file["size_bytes"],
                sha256=file["sha256"],
                lists_files=False,
            )
            for file in document["files"]
        ]

    async def _size(self, path: str) -> int | None:
        try:
            return (await self._blobs.head(path)).size_bytes
        except TextNLPError as error:
            if error.kind is not ErrorKind.NOT_FOUND:
                raise
            return None

    async def _digest(self, path: str) -> str:
        digest = hashlib.sha256()
        async with contextlib.aclosing(self._blobs.stream(path)) as pieces:
            async for piece in pieces:
                digest.update(piece)
        return digest.hexdigest()

    def _may_read(self) -> bool:
        if self._left is None:
            return True
        self._left -= 1
        return self._left >= 0
