"""Show what the platform is at: its figures of the last minute, and the batches that are under way."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from textnlp.domain.batches.model import Batch
from textnlp.domain.batches.rules import TERMINAL_STATES
from textnlp.domain.telemetry.figures import PlatformFigures, platform_figures
from textnlp.ports.batch_ledger import BatchLedger
from textnlp.ports.clock import Clock
from textnlp.ports.telemetry_reader import TelemetryReader
from textnlp.topology.telemetry_store import TELEMETRY_STORE

_BATCHES_LOOKED_AT = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformView:
    """What the platform is at.

    Attributes:
        batches: those of the newest fifty that have not ended, newest first, of every tenant.
    """

    figures: PlatformFigures
    batches: Sequence[Batch]


async def show_figures(reader: TelemetryReader, ledger: BatchLedger, *, clock: Clock) -> PlatformView:
    """Return what processes that are there said last, added up.

    A process that has said nothing for as long as the topology says is not there.
    """
    now = clock.now()
    processes = await reader.present(since=now - timedelta(seconds=TELEMETRY_STORE.absent_seconds))
    newest = await ledger.newest(limit=_BATCHES_LOOKED_AT)
    return PlatformView(
        figures=platform_figures(processes, at=now),
        batches=[batch for batch in newest if batch.state not in TERMINAL_STATES],
    )
