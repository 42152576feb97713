"""Blobs that were just written through this very store, told to those who watch."""

import asyncio
import contextlib
from collections.abc import Generator

from textnlp.ports.blob_store import BlobInfo


class Announcements:
    """Hands each announced blob to every subscriber whose prefix its path has."""

    def __init__(self) -> None:
        self._subscribers: list[tuple[str, asyncio.Queue[BlobInfo]]] = []

    @contextlib.contextmanager
    def subscribed(self, prefix: str) -> Generator[asyncio.Queue[BlobInfo]]:
        """Collect what is announced under `prefix` while the block runs."""
        subscriber = (prefix, asyncio.Queue[BlobInfo]())
        self._subscribers.append(subscriber)
        try:
            yield subscriber[1]
        finally:
            self._subscribers.remove(subscriber)

    def announce(self, info: BlobInfo) -> None:
        """Tell of a blob that is completely written."""
        for prefix, queue in self._subscribers:
            if info.path.startswith(prefix):
                queue.put_nowait(info)
