"""How far a backup is, for whoever waits longer than a second."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from rich.console import Console

from textnlp.cli.progress import duration
from textnlp.domain.shown_size import shown_size

if TYPE_CHECKING:
    from rich.status import Status

_SHOWN_AFTER_SECONDS = 1.0
_REDRAWN_SECONDS = 0.2
_PLAIN_SECONDS = 5.0
_MEGABYTE = 1_000_000


class BackupProgress:
    """Counts bytes; shows them in place on a terminal, and as a line every five seconds elsewhere."""

    def __init__(
        self,
        doing: str,
        *,
        is_quiet: bool = False,
        console: Console | None = None,
        seconds: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._doing = doing
        self._console = console or Console(stderr=True)
        self._is_quiet = is_quiet
        self._seconds = seconds
        self._began = seconds()
        self._shown_at = self._began
        self._bytes = 0
        self._status: Status | None = None

    def __call__(self, what: str, size_bytes: int) -> None:
        """Take notice of some bytes."""
        self._bytes += size_bytes
        now = self._seconds()
        if self._is_quiet or now - self._began < _SHOWN_AFTER_SECONDS:
            return
        if self._console.is_terminal:
            self._show(self._line(what, now), now)
        elif now - self._shown_at >= _PLAIN_SECONDS:
            self._shown_at = now
            self._console.print(self._line(what, now), markup=False, highlight=False, soft_wrap=True)

    def close(self) -> None:
        """Leave nothing on the screen."""
        if self._status is not None:
            self._status.stop()
            self._status = None

    def _show(self, line: str, now: float) -> None:
        if self._status is None:
            self._status = self._console.status(line)
            self._status.start()
        elif now - self._shown_at >= _REDRAWN_SECONDS:
            self._shown_at = now
            self._status.update(line)

    def _line(self, what: str, now: float) -> str:
        seconds = now - self._began
        rate = self._bytes / seconds / _MEGABYTE
        return f"{self._doing}: {shown_size(self._bytes)}, {rate:.0f} MB/s, {duration(seconds)}, {what[-60:]}"
