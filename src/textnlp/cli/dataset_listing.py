"""Datasets on the screen."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from textnlp.domain.catalog.model import CURRENT, CatalogEntry, Tombstone
from textnlp.domain.catalog.rules import current_version
from textnlp.domain.datasets.manifest import DatasetVersion, Finding
from textnlp.domain.datasets.model import CellRecord
from textnlp.domain.datasets.stored import StoredRow


def listed_versions(versions: Sequence[DatasetVersion], entry: CatalogEntry) -> list[dict[str, Any]]:
    """Return what a list says of the versions of a dataset, deleted ones included, by number."""
    current = current_version(entry, [version.version for version in versions])
    there = [
        {
            "name": version.name,
            "version": version.version,
            "rows": version.counts.accepted,
            "target": version.target,
            "created": version.created,
            "fingerprint": version.fingerprint,
            "splits": version.splits,
            "stopped_by": version.stopped_by,
            "is_current": version.version == current,
            "tags": entry.tags_of(version.version),
            "deleted": None,
        }
        for version in versions
    ]
    buried = [
        {"version": stone.version, "rows": stone.counts.accepted, "deleted": msgspec.to_builtins(stone)}
        for stone in entry.tombstones
    ]
    return sorted((*there, *buried), key=lambda each: each["version"])


def print_versions(versions: Sequence[DatasetVersion], entry: CatalogEntry) -> None:
    """Print the versions of a dataset as a table."""
    table = _table("version", "name", "created", "recipe", "splits", "tags")
    table.add_column("rows", justify="right", no_wrap=True)
    current = current_version(entry, [version.version for version in versions])
    lines = {stone.version: _deleted_line(stone) for stone in entry.tombstones}
    for version in versions:
        splits = ", ".join(f"{name} {count:,}" for name, count in version.splits.items())
        rows = f"{version.counts.accepted:,}" + (f" of {version.target:,}" if version.stopped_by else "")
        tags = set(entry.tags_of(version.version)) | ({CURRENT} if version.version == current else set[str]())
        texts = (version.name, version.created, version.fingerprint, splits, ", ".join(sorted(tags)), rows)
        lines[version.version] = texts
    for number in sorted(lines):
        table.add_row(*map(Text, (str(number), *lines[number])))
    Console().print(table)


def print_version(version: DatasetVersion, *, folder: Path) -> None:
    """Print what is known of a version."""
    console = Console()
    console.print(Text.assemble((version.name, "bold"), f", version {version.version}, in {folder}"))
    facts = {"created": version.created, "by": version.generator, "recipe": version.fingerprint}
    _print_facts(console, facts | ({"stopped by": version.stopped_by} if version.stopped_by else {}))
    counts = version.counts
    fates = {"accepted": counts.accepted, "rejected": counts.rejected, "failed": counts.failed}
    amounts = {**fates, "surplus": counts.surplus, "all rows": counts.rows, "candidates": counts.candidates}
    _print_facts(console, {name: f"{count:,}" for name, count in amounts.items()})
    _print_facts(console, {f"split {name}": f"{count:,}" for name, count in version.splits.items()})
    _print_facts(console, {column.name: column.type for column in version.columns})
    if version.models:
        table = _table("model", "calls", "reused", "tokens", "cost")
        for use in version.models:
            cost = "unknown" if use.cost is None else f"${use.cost:.6f}"
            numbers = (f"{use.calls:,}", f"{use.reused:,}", f"{use.usage.total_tokens:,}", cost)
            table.add_row(Text(use.model), *numbers)
        console.print(table)
    if version.reasons:
        table = _table("turned away for", "rows", "example")
        for reason in version.reasons:
            table.add_row(Text(reason.code), f"{reason.count:,}", Text(reason.example))
        console.print(table)


def row_document(stored: StoredRow) -> dict[str, Any]:
    """Return a row with all that is known of it, in JSON's own types."""
    return {"id": stored.row.id, **msgspec.to_builtins(stored.row), "split": stored.split, "file": stored.file}


def print_row(stored: StoredRow) -> None:
    """Print a row, why it was turned away, and where its cells are from."""
    console = Console()
    row = stored.row
    place = f", split {stored.split}" if stored.split else ""
    console.print(Text.assemble(("row ", "dim"), (row.id, "bold"), f": {row.fate}{place}"))
    _print_facts(console, {name: _shown(value) for name, value in row.values.items()})
    for reason in row.reasons:
        about = f" ({reason.column})" if reason.column else ""
        console.print(Text(f"{reason.code}{about}: {reason.message}", style="yellow"))
    console.print(Text(f"candidate {row.candidate}, its row {row.item}"))
    if row.seed is not None:
        console.print(Text(f"seed row {_shown(row.seed)}"))
    for cell in row.cells:
        console.print(Text.assemble((cell.column, "bold"), f" {cell.kind}"))
        _print_facts(console, _cell_facts(cell))


def print_findings(findings: Sequence[Finding], *, folder: Path, is_pinned: bool) -> None:
    """Print what is wrong with a version, or that nothing is."""
    console = Console()
    if findings:
        for finding in findings:
            console.print(Text.assemble((finding.path, "bold red"), f" {finding.message}"), soft_wrap=True)
        return
    console.print(Text(f"{folder} is intact: every file is as it was signed.", style="green"), soft_wrap=True)
    if not is_pinned:
        console.print("Whoever signed it is trusted; --public-key names the maker's key.", style="dim")


def _deleted_line(stone: Tombstone) -> tuple[str, ...]:
    said = f"deleted by {stone.by} on {stone.at:%Y-%m-%d}: {stone.why}"
    return said, "", "", "", "", f"{stone.counts.accepted:,}"


def _cell_facts(cell: CellRecord) -> dict[str, str]:
    facts: dict[str, object] = {
        "model": cell.model,
        "template": cell.template,
        "parameters": None if cell.parameters is None else _shown(cell.parameters),
        "call": cell.call_id,
    }
    if cell.calls:
        facts["calls"] = f"{cell.calls}, {cell.reused} of them reused; requests sent: {cell.attempts}"
        facts["tokens"] = f"{cell.usage.prompt_tokens:,} + {cell.usage.completion_tokens:,}"
    for message in cell.messages:
        facts[str(message.get("role"))] = message.get("content")
    return {name: str(value) for name, value in facts.items() if value is not None}


def _print_facts(console: Console, facts: dict[str, str]) -> None:
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in facts.items():
        table.add_row(Text(name), Text(value))
    if facts:
        console.print(table)


def _table(*titles: str) -> Table:
    return Table(*titles, box=None, header_style="dim", pad_edge=False)


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
