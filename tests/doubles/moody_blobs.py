"""Blobs in memory that count what is read, wait, fail, change, or are gone once somebody reads them."""

import asyncio
from collections.abc import AsyncGenerator

from obstore.store import MemoryStore

from textnlp.adapters.blobs.obstore_store import ObstoreBlobStore
from textnlp.domain.errors import ErrorKind, TextNLPError, not_found


class MoodyBlobs(ObstoreBlobStore):
    """Satisfies `BlobStore`; `read` are the paths that were streamed, in order."""

    def __init__(
        self, *, vanishing: str = "", failing: str = "", changing: str = "", gate: asyncio.Event | None = None
    ) -> None:
        super().__init__(MemoryStore())
        self.read: list[str] = []
        self._vanishing = vanishing
        self._failing = failing
        self._changing = changing
        self._gate = gate

    async def stream(self, path: str, *, chunk_bytes: int = 1 << 20) -> AsyncGenerator[bytes]:
        self.read.append(path)
        if self._gate is not None:
            await self._gate.wait()
        if path == self._vanishing:
            raise not_found(f"There is no {path}.")
        if path == self._failing:
            raise TextNLPError("The disk cannot be read.", kind=ErrorKind.UNAVAILABLE)
        async for piece in super().stream(path, chunk_bytes=chunk_bytes):
            yield piece.upper() if path == self._changing else piece
