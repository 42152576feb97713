"""Datasets of a platform on the screen: one with its balance, many as a table, progress as it happens."""

import contextlib
import json
import sys
from collections.abc import Sequence
from decimal import Decimal

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from textnlp.cli.dataset_progress import RunSnapshot, RunView, money
from textnlp.client import AsyncClient
from textnlp.client.datasets import DatasetRead
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.ports.clock import Clock

ENDED = frozenset({"completed", "stopped", "cancelled", "failed"})
_COLOURS = {"completed": "green", "stopped": "yellow", "cancelled": "yellow", "failed": "red", "paused": "yellow"}
_FIRST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 5.0
_PATIENCE_SECONDS = 120.0


async def follow_dataset(client: AsyncClient, dataset_id: str, view: RunView, *, clock: Clock) -> DatasetRead:
    """Show the progress of a dataset; return it once it has ended.

    A connection that breaks is opened again, for two minutes after the last sign of life; then, or when the very first
    one cannot be opened, raises `UNAVAILABLE`. The dataset goes on in any case.
    """
    heard_at: float | None = None
    pause = _FIRST_PAUSE_SECONDS
    began = clock.monotonic()
    while True:
        try:
            async with contextlib.aclosing(client.datasets.follow(dataset_id)) as events:
                async for dataset in events:
                    heard_at, pause = clock.monotonic(), _FIRST_PAUSE_SECONDS
                    is_last = dataset.state in ENDED
                    view.show(_snapshot(dataset, seconds=clock.monotonic() - began), is_last=is_last)
                    if is_last:
                        return dataset
        except TextNLPError as error:
            if error.kind is not ErrorKind.UNAVAILABLE or heard_at is None:
                raise
            if clock.monotonic() - heard_at > _PATIENCE_SECONDS:
                hint = f"The dataset goes on without you; come back with: textnlp dataset watch {dataset_id}"
                raise TextNLPError(error.message, kind=error.kind, facts=ErrorFacts(hint=hint)) from error
        view.note("The connection is gone; trying again.")
        await clock.sleep(pause)
        pause = min(_LONGEST_PAUSE_SECONDS, 2 * pause)


def print_dataset(dataset: DatasetRead, *, as_json: bool) -> None:
    """Print a dataset with its balance; as one JSON line where asked."""
    if as_json:
        sys.stdout.write(_json(dataset) + "\n")
        return
    progress = dataset.progress
    rows = progress.accepted + progress.rejected + progress.failed + progress.surplus
    facts = {
        "dataset": Text(dataset.id, style="bold"),
        "name": Text(dataset.name),
        "state": Text(dataset.state, style=_COLOURS.get(dataset.state, "")),
        "model": Text(dataset.model),
        "wanted": Text(f"{dataset.rows:,} rows"),
        "rows": Text(
            f"{rows:,} = {progress.accepted:,} accepted + {progress.rejected:,} rejected "
            f"+ {progress.failed:,} failed + {progress.surplus:,} surplus"
        ),
        "cost": Text(money(progress.cost)),
        "versions": Text(", ".join(f"v{each.number} ({each.rows:,} rows)" for each in dataset.versions) or "none yet"),
    }
    if dataset.reason:
        facts["reason"] = Text(dataset.reason)
    table = Table.grid(padding=(0, 2))
    for name, value in facts.items():
        table.add_row(Text(name, style="dim"), value)
    for reason in progress.reasons:
        table.add_row(Text("turned away", style="dim"), Text(f"{reason.count:,} {reason.code}: {reason.example}"))
    Console().print(table)


def print_datasets(datasets: Sequence[DatasetRead], *, as_json: bool) -> None:
    """Print datasets as a table, or as JSON lines."""
    if as_json:
        sys.stdout.writelines(_json(dataset) + "\n" for dataset in datasets)
        return
    table = Table(box=None, header_style="dim", pad_edge=False)
    for title in ("dataset", "state"):
        table.add_column(title, no_wrap=True)
    for title in ("rows", "wanted"):
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column("name")
    for dataset in datasets:
        state = Text(dataset.state, style=_COLOURS.get(dataset.state, ""))
        done = min(dataset.progress.accepted, dataset.rows)
        table.add_row(dataset.id, state, f"{done:,}", f"{dataset.rows:,}", Text(dataset.name))
    Console().print(table)


def _json(dataset: DatasetRead) -> str:
    return json.dumps(msgspec.to_builtins(dataset))


def _snapshot(dataset: DatasetRead, *, seconds: float) -> RunSnapshot:
    progress = dataset.progress
    return RunSnapshot(
        target=dataset.rows,
        passed=progress.accepted + progress.surplus,
        rejected=progress.rejected,
        failed=progress.failed,
        candidates=progress.candidates,
        seconds=seconds,
        cost=None if progress.cost is None else Decimal(progress.cost),
        in_flight=0,
        columns={},
    )
