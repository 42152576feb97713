"""Batches on the screen: one with its balance, or many as a table."""

import json
import sys
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from textnlp.domain.batches.model import Batch, BatchState

_COLOURS = {
    BatchState.COMPLETED: "green",
    BatchState.FAILED: "red",
    BatchState.CANCELLED: "yellow",
    BatchState.CANCELLING: "yellow",
}
_NARROWEST_ID = 32
_WIDTH_WITH_TIMES = 100


def print_batch(batch: Batch, *, as_json: bool) -> None:
    """Print a batch with its balance; as one JSON line where asked."""
    if as_json:
        sys.stdout.write(json.dumps(batch_facts(batch)) + "\n")
        return
    counts = batch.counts
    facts = {
        "batch": Text(batch.id, style="bold"),
        "file": Text(batch.name),
        "state": _state(batch),
        "model": Text(batch.spec.model),
        "rows": Text(
            f"{counts.input:,} = {counts.accepted:,} accepted + {counts.rejected:,} rejected "
            f"+ {counts.failed:,} failed + {counts.pending:,} pending",
        ),
        "tokens": Text(f"{batch.usage.prompt_tokens:,} prompt + {batch.usage.completion_tokens:,} completion"),
        "created": Text(_time(batch.created_at)),
        "finished": Text(_time(batch.finished_at)),
    }
    if batch.reason:
        facts["reason"] = Text(batch.reason)
    table = Table.grid(padding=(0, 2))
    for name, value in facts.items():
        table.add_row(Text(name, style="dim"), value)
    Console().print(table)


def print_batches(batches: Sequence[Batch], *, as_json: bool) -> None:
    """Print batches as a table, or as JSON lines."""
    if as_json:
        sys.stdout.writelines(json.dumps(batch_facts(batch)) + "\n" for batch in batches)
        return
    table = Table(box=None, header_style="dim", pad_edge=False)
    table.add_column("batch", min_width=_NARROWEST_ID, no_wrap=True)
    table.add_column("state", no_wrap=True)
    table.add_column("done", justify="right", no_wrap=True)
    table.add_column("failed", justify="right", no_wrap=True)
    table.add_column("file", overflow="ellipsis", no_wrap=True)
    console = Console()
    has_room = console.width >= _WIDTH_WITH_TIMES
    if has_room:
        table.add_column("created", no_wrap=True)
    for batch in batches:
        counts = batch.counts
        done = f"{counts.input - counts.pending:,}/{counts.input:,}"
        row = (batch.id, _state(batch), done, f"{counts.failed + counts.rejected:,}", Text(batch.name))
        table.add_row(*row, *([_time(batch.created_at)] if has_room else []))
    console.print(table)


def batch_facts(batch: Batch) -> dict[str, Any]:
    """Return what programs are told of a batch."""
    counts = batch.counts
    return {
        "batch_id": batch.id,
        "name": batch.name,
        "state": batch.state.value,
        "reason": batch.reason,
        "model": batch.spec.model,
        "input": counts.input,
        "accepted": counts.accepted,
        "rejected": counts.rejected,
        "failed": counts.failed,
        "pending": counts.pending,
        "prompt_tokens": batch.usage.prompt_tokens,
        "completion_tokens": batch.usage.completion_tokens,
        "created_at": batch.created_at.isoformat(),
        "finished_at": batch.finished_at.isoformat() if batch.finished_at else None,
    }


def _state(batch: Batch) -> Text:
    return Text(batch.state.value, style=_COLOURS.get(batch.state, "cyan"))


def _time(moment: Any) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}" if moment else ""
