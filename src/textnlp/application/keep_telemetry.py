"""Write what a process tells of itself to the store of telemetry, without anybody waiting for it."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from textnlp.domain.errors import TextNLPError
from textnlp.domain.telemetry.log_lines import LogLine
from textnlp.domain.telemetry.rollup_book import Reading, RollupBook
from textnlp.domain.telemetry.rollups import ProcessFigures, Rollup
from textnlp.domain.telemetry.spans import SpanRecord
from textnlp.ports.clock import Clock
from textnlp.ports.telemetry_sink import TelemetrySink
from textnlp.topology.telemetry_store import TelemetryStore

_LOG = logging.getLogger(__name__)
_WRITE_SECONDS = 10.0
_LAST_WRITE_SECONDS = 3.0
_LONGEST_PAUSE_SECONDS = 15.0
_WRITES_A_TURN = 8
"""After so many batches of a kind the others have their turn."""

_Kept = TypeVar("_Kept")


class Backlog(Protocol[_Kept]):
    """Bounded; drops its oldest where nobody takes them."""

    @property
    def dropped(self) -> int:
        """How many it dropped."""
        ...

    def take(self, most: int) -> list[_Kept]:
        """Return the oldest, and keep them no longer."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class TelemetrySources:
    """What one process tells of itself.

    Attributes:
        readings: returns every series as it stands.
    """

    process: str
    instance: str
    spans: Backlog[SpanRecord]
    lines: Backlog[LogLine]
    readings: Callable[[], Iterable[Reading]]


class TelemetryKeeper:
    """Takes spans, lines of the log and figures in turn, and writes them in batches.

    What could not be written is given again until it can be, with pauses that grow; meanwhile the backlogs drop their
    oldest. Nothing that goes wrong here reaches anybody but the log, once.
    """

    def __init__(
        self, sink: TelemetrySink, sources: TelemetrySources, *, clock: Clock, declared: TelemetryStore
    ) -> None:
        self._sink = sink
        self._sources = sources
        self._clock = clock
        self._declared = declared
        self._book = RollupBook(
            clock.now(), rollup_seconds=declared.rollup_seconds, window_seconds=declared.window_seconds
        )
        self._rollups = _Rollups(most=declared.queued_rollups)
        self._streams: tuple[_Stream[SpanRecord] | _Stream[LogLine] | _Stream[Rollup], ...] = (
            _Stream("spans", sources.spans, sink.add_spans),
            _Stream("lines", sources.lines, sink.add_lines),
            _Stream("figures", self._rollups, self._add_rollups),
        )
        self._shown: tuple[Rollup, ...] = ()
        self._shown_at = float("-inf")
        self._is_away = False

    def dropped(self) -> list[tuple[tuple[str, ...], float]]:
        """Return what was lost so far, by kind, as a meter reads it."""
        return [((stream.name,), stream.dropped) for stream in self._streams]

    async def run(self) -> None:
        """Write until cancelled."""
        pause, looked_at = self._declared.flush_seconds, float("-inf")
        while True:
            await self._clock.sleep(pause)
            is_due = self._clock.monotonic() - looked_at >= self._declared.present_seconds
            if is_due:
                looked_at = self._clock.monotonic()
                self._rollups.add(self._book.look(self._sources.readings(), at=self._clock.now()))
            is_written = await self._try(lambda is_due=is_due: self._write(shows=is_due), seconds=_WRITE_SECONDS)
            pause = self._declared.flush_seconds if is_written else min(_LONGEST_PAUSE_SECONDS, 2 * pause)

    async def finish(self) -> None:
        """Write what there is for a few seconds at most, and let go of the store."""
        self._rollups.add(self._book.close(self._sources.readings(), at=self._clock.now()))
        await self._try(self._last_write, seconds=_LAST_WRITE_SECONDS)
        await self._sink.aclose()

    async def _last_write(self) -> None:
        for stream in self._streams:
            while await stream.write(self._declared.batch_rows):
                pass
        await self._sink.withdraw(self._sources.instance)

    async def _write(self, *, shows: bool) -> None:
        if shows:
            await self._show()
        for stream in self._streams:
            for _ in range(_WRITES_A_TURN):
                if not await stream.write(self._declared.batch_rows):
                    break

    async def _show(self) -> None:
        """Say what the process is at; where that is what it said before, only often enough to count as there."""
        seconds, rollups = self._book.present()
        now = self._clock.monotonic()
        is_new = [(each.metric, each.dimensions, each.total) for each in rollups] != [
            (each.metric, each.dimensions, each.total) for each in self._shown
        ]
        if not is_new and now - self._shown_at < self._declared.absent_seconds / 3:
            return
        told = ProcessFigures(
            process=self._sources.process,
            instance=self._sources.instance,
            at=self._clock.now(),
            seconds=seconds,
            rollups=rollups,
        )
        await self._sink.show(told)
        self._shown, self._shown_at = rollups, now

    async def _add_rollups(self, rollups: Sequence[Rollup]) -> int:
        return await self._sink.add_rollups(rollups, process=self._sources.process, instance=self._sources.instance)

    async def _try(self, write: Callable[[], Awaitable[None]], *, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                await write()
        except (TextNLPError, TimeoutError) as error:
            said = error.message if isinstance(error, TextNLPError) else f"no answer within {seconds:.0f} s"
            if not self._is_away:
                _LOG.warning("Telemetry cannot be kept at present: %s", said)
            self._is_away = True
            return False
        except Exception:  # noqa: BLE001  telemetry never takes a process down
            # What the store will never take must not keep back what comes after it.
            _LOG.exception("Telemetry was given up")
            for stream in self._streams:
                stream.give_up()
            return False
        self._is_away = False
        return True


class _Stream(Generic[_Kept]):
    """One kind of telemetry on its way: a batch stays in hand until it is written."""

    def __init__(self, name: str, backlog: Backlog[_Kept], write: Callable[[Sequence[_Kept]], Awaitable[int]]) -> None:
        self.name = name
        self._backlog = backlog
        self._write = write
        self._held: list[_Kept] = []
        self._lost = 0

    @property
    def dropped(self) -> int:
        """How many never came to be written."""
        return self._backlog.dropped + self._lost

    async def write(self, most: int) -> bool:
        """Write one batch; return whether there was one that was full, so that more may wait."""
        held = self._held = self._held or self._backlog.take(most)
        if not held:
            return False
        self._lost += await self._write(held)
        self._held = []
        return len(held) >= most

    def give_up(self) -> None:
        """Let go of the batch in hand."""
        self._lost += len(self._held)
        self._held = []


class _Rollups:
    """Figures that wait, bounded as other backlogs are."""

    def __init__(self, *, most: int) -> None:
        self._most = most
        self._waiting: deque[Rollup] = deque()
        self.dropped = 0

    def add(self, rollups: Iterable[Rollup]) -> None:
        self._waiting.extend(rollups)
        while len(self._waiting) > self._most:
            self._waiting.popleft()
            self.dropped += 1

    def take(self, most: int) -> list[Rollup]:
        return [self._waiting.popleft() for _ in range(min(most, len(self._waiting)))]
