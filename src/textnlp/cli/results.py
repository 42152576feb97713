"""What a finished run leaves on the screen."""

import json
import sys
from itertools import islice
from pathlib import Path

from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from textnlp.cli.progress import ProgressStyle, duration
from textnlp.domain.batches.model import Batch

_ANSWERS_SHOWN = 3
_LONGEST_ANSWER = 400
_MEBIBYTE = 1 << 20


def print_result(batch: Batch, out: Path, style: ProgressStyle) -> None:
    """Print where the files are, the balance of the rows, and three of the answers; as one JSON line for JSON."""
    if style is ProgressStyle.QUIET:
        return
    if style is ProgressStyle.JSON:
        sys.stdout.write(json.dumps(_summary(batch, out)) + "\n")
        return
    console = Console(soft_wrap=False)
    for line in _first_answers(out):
        console.print(_answer_panel(line))
    console.print(_balance(batch))
    files = Table.grid(padding=(0, 2))
    for path in sorted(out.iterdir()):
        if path.is_file():
            files.add_row(f"  {path}", Text(_size(path.stat().st_size), style="dim"))
    console.print(Text("Results", style="bold"))
    console.print(files)
    if batch.reason:
        console.print(Text(batch.reason, style="red"))


def _summary(batch: Batch, out: Path) -> dict[str, object]:
    counts = batch.counts
    return {
        "batch_id": batch.id,
        "state": batch.state.value,
        "reason": batch.reason,
        "input": counts.input,
        "accepted": counts.accepted,
        "rejected": counts.rejected,
        "failed": counts.failed,
        "pending": counts.pending,
        "prompt_tokens": batch.usage.prompt_tokens,
        "completion_tokens": batch.usage.completion_tokens,
        "out": str(out),
    }


def _first_answers(out: Path) -> list[dict[str, str]]:
    try:
        with (out / "generations.jsonl").open(encoding="utf-8") as file:
            return [json.loads(line) for line in islice(file, _ANSWERS_SHOWN)]
    except OSError:
        return []


def _answer_panel(line: dict[str, str]) -> Panel:
    text = line["text"].strip()
    shown = text if len(text) <= _LONGEST_ANSWER else f"{text[:_LONGEST_ANSWER].rstrip()} …"
    return Panel(Text(shown), title=Text(line["id"]), title_align="left", border_style="dim")


def _balance(batch: Batch) -> Text:
    counts = batch.counts
    took = duration((batch.finished_at - batch.created_at).total_seconds()) if batch.finished_at else "unfinished"
    text = Text()
    text.append(f"{counts.input:,} rows", style="bold")
    text.append(" = ")
    text.append(f"{counts.accepted:,} accepted", style="green")
    text.append(f" + {counts.rejected:,} rejected + ")
    text.append(f"{counts.failed:,} failed", style="red" if counts.failed else "default")
    text.append(f" + {counts.pending:,} pending")
    text.append(f"   {batch.usage.total_tokens:,} tokens, {took}", style="dim")
    return text


def _size(size_bytes: int) -> str:
    return f"{size_bytes / _MEBIBYTE:.1f} MiB" if size_bytes >= _MEBIBYTE else f"{size_bytes / 1024:.1f} KiB"
