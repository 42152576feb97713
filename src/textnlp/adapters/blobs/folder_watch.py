"""Files that come into a folder, told as soon as each is completely written."""

import asyncio
import fcntl
import os
import signal
import sys
from collections.abc import AsyncGenerator
from functools import partial
from pathlib import Path

from watchfiles import awatch  # pyright: ignore[reportUnknownVariableType]  names trio, which is not needed

from textnlp.adapters.blobs.folder import Folder, blob_info, etag_of
from textnlp.adapters.blobs.paths import is_blob_name, is_unfinished
from textnlp.adapters.blobs.settling import FileFacts, Patience, Settling
from textnlp.adapters.blobs.threads import CallThreads
from textnlp.domain.errors import TextNLPError
from textnlp.ports.blob_store import BlobInfo
from textnlp.ports.clock import Clock

_LOOKED_AT_ONCE = 200
_SHORTEST_PAUSE_SECONDS = 0.02
_RESCAN_WITHOUT_EVENTS_SECONDS = 2.0
_STEP_MILLISECONDS = 20
_GATHERED_MILLISECONDS = 100
_SIGN_OF_LIFE_MILLISECONDS = 250

_Look = tuple[BlobInfo, FileFacts]
_FolderIdentity = tuple[int, int]


class FolderWatch:
    """One watch over the blobs under a prefix.

    The operating system's events say which files to look at. As events get lost, where too many come at once or
    where a network file system sends none, everything is looked at every `rescan_seconds` too, and every two
    seconds where there are no events at all.
    """

    def __init__(
        self,
        folder: Folder,
        prefix: str,
        *,
        clock: Clock,
        threads: CallThreads,
        patience: Patience,
    ) -> None:
        self._folder = folder
        self._prefix = prefix
        self._parent = prefix[: prefix.rfind("/") + 1]
        self._clock = clock
        self._threads = threads
        self._rescan_seconds = patience.rescan_seconds
        self._rescan_at = clock.monotonic()
        self._settling = Settling(patience)
        self._changed: set[str] = set()
        self._wakes = asyncio.Event()
        self._events: asyncio.Task[None] | None = None
        self._watched: tuple[Path, _FolderIdentity] | None = None

    async def run(self) -> AsyncGenerator[BlobInfo]:
        """Yield each version of each blob once it is completely written, until closed."""
        try:
            while True:
                self._wakes.clear()
                if self._clock.monotonic() >= self._rescan_at:
                    paths = await self._rescan()
                else:
                    paths = sorted({*self._changed, *self._settling.waiting})
                    self._changed.clear()
                for start in range(0, len(paths), _LOOKED_AT_ONCE):
                    part = paths[start : start + _LOOKED_AT_ONCE]
                    for path, look in zip(part, await self._threads.run(partial(self._looks, part)), strict=True):
                        if look is None:
                            self._settling.forget(path)
                        elif self._settling.is_complete(path, look[1], now=self._clock.monotonic()):
                            yield look[0]
                await self._pause()
        finally:
            await self._stop_events()

    async def _rescan(self) -> list[str]:
        """Make sure of the events, then list everything; a change between the two is not missed."""
        self._rescan_at = self._clock.monotonic() + self._rescan_seconds
        watched = await self._threads.run(self._make_place)
        if watched != self._watched or self._events is None or self._events.done():
            await self._stop_events()
            self._watched = watched
            self._events = asyncio.create_task(self._follow_events(watched[0]), name="blob events")
        self._changed.clear()
        paths = await self._threads.run(self._all_paths)
        self._settling.forget_others(set(paths))
        return paths

    async def _pause(self) -> None:
        """Return when an event came, a file may have become complete, or everything is to be looked at."""
        now = self._clock.monotonic()
        seconds = min(self._settling.seconds_to_next_look(now), self._rescan_at - now)
        waits = {
            asyncio.create_task(self._wakes.wait()),
            asyncio.create_task(self._clock.sleep(max(seconds, _SHORTEST_PAUSE_SECONDS))),
        }
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    async def _follow_events(self, place: Path) -> None:
        """Note what changes, until cancelled; the first sign of life says that events are coming from then on."""
        is_alive = False
        try:
            async for changes in awatch(
                place,
                watch_filter=None,
                debounce=_GATHERED_MILLISECONDS,
                step=_STEP_MILLISECONDS,
                rust_timeout=_SIGN_OF_LIFE_MILLISECONDS,
                yield_on_timeout=True,
            ):
                for _, changed in changes:
                    self._note(place, changed)
                if not is_alive:
                    is_alive = True
                    self._want_rescan(0.0)
        except (OSError, RuntimeError):
            # No events to be had, as where too many folders are watched on this machine.
            self._want_rescan(_RESCAN_WITHOUT_EVENTS_SECONDS)

    async def _stop_events(self) -> None:
        if self._events is not None:
            self._events.cancel()
            await asyncio.gather(self._events, return_exceptions=True)

    def _note(self, place: Path, changed: str) -> None:
        relative = os.path.relpath(changed, place)
        if relative == ".":
            # The folder itself went, and the events with it, even if another with its number is there already.
            self._watched = None
            self._want_rescan(0.0)
        elif (self._parent + relative).startswith(self._prefix) and self._is_told(relative):
            self._changed.add(self._parent + relative)
            self._wakes.set()

    def _is_told(self, relative: str) -> bool:
        return not is_unfinished(relative) and all(is_blob_name(part) for part in relative.split("/"))

    def _want_rescan(self, within_seconds: float) -> None:
        self._rescan_at = min(self._rescan_at, self._clock.monotonic() + within_seconds)
        self._wakes.set()

    def _make_place(self) -> tuple[Path, _FolderIdentity]:
        place = self._folder.locate(self._parent + "_").parent
        place.mkdir(parents=True, exist_ok=True)
        facts = place.stat()
        return place, (facts.st_dev, facts.st_ino)

    def _all_paths(self) -> list[str]:
        paths = [info.path for info in self._folder.walk(self._prefix)]
        return [path for path in paths if not is_unfinished(path[len(self._parent) :])]

    def _looks(self, paths: list[str]) -> list[_Look | None]:
        return [self._look(path) for path in paths]

    def _look(self, path: str) -> _Look | None:
        try:
            place = self._folder.locate(path)
            if place.is_dir():
                # A folder that came with files in it sends one event, its own.
                self._rescan_at = self._clock.monotonic()
                return None
            facts = self._folder.look(path)
        except TextNLPError:
            return None
        file = FileFacts(
            version=etag_of(facts),
            size_bytes=facts.st_size,
            is_renamed=facts.st_ctime_ns > facts.st_mtime_ns,
            is_being_written=_is_being_written(place),
            age_seconds=self._clock.now().timestamp() - facts.st_mtime,
        )
        return blob_info(path, facts), file


def _is_being_written(place: Path) -> bool:
    """Tell whether a process has the file open for writing, where the system says so.

    Linux grants a read lease (fcntl(2), F_SETLEASE) to the owner of a file only while nobody can write to it. The
    lease is given back at once; a writer that comes in between is not kept waiting, and the signal that would tell
    of it is one that is ignored.
    """
    if sys.platform != "linux":
        return False
    try:
        descriptor = os.open(place, os.O_RDONLY | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        fcntl.fcntl(descriptor, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return False
