"""What is said of a dataset, on the screen."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from textnlp.client.dataset_catalog import (
    DatasetEventRead,
    DatasetFactsRead,
    LineageRead,
)
from textnlp.client.datasets_models import (
    CatalogVersionRead,
    FoundRowPage,
    TombstoneRead,
)


def print_facts(facts: DatasetFactsRead) -> None:
    """Print what is said of a dataset."""
    tags = ", ".join(f"{tag} (version {version})" for tag, version in sorted(facts.tags.items()))
    _print_pairs(
        {
            "dataset": facts.id,
            "current": "none" if facts.current is None else f"version {facts.current}",
            "tags": tags or "none",
            "license": facts.license,
            "description": facts.description,
            "kept until": None if facts.keep_until is None else facts.keep_until.isoformat(),
            "kept for": None if facts.keep_days is None else f"{facts.keep_days:,} days",
            "on hold": facts.hold,
        }
    )


def print_versions_of(versions: Sequence[CatalogVersionRead]) -> None:
    """Print all versions of a dataset as a table."""
    table = _table("version", "written", "tags", "state")
    table.add_column("rows", justify="right", no_wrap=True)
    for each in versions:
        names = [*(["current"] if each.is_current and "current" not in each.tags else []), *each.tags]
        state = "" if each.deleted is None else deleted_text(each.deleted)
        if each.deleted is None and each.kept_until is not None:
            state = f"kept until {each.kept_until:%Y-%m-%d}"
        texts = (str(each.number), f"{each.written_at:%Y-%m-%d %H:%M}", ", ".join(names), state, f"{each.rows:,}")
        table.add_row(*map(Text, texts))
    Console().print(table)


def deleted_text(stone: TombstoneRead) -> str:
    """Say who deleted a version, when and why."""
    return f"deleted by {stone.by} on {stone.at:%Y-%m-%d}: {stone.why}"


def print_tombstone(stone: TombstoneRead) -> None:
    """Print what is left of a version."""
    _print_pairs(
        {
            "version": f"{stone.version} {deleted_text(stone)}",
            "rows": f"{stone.rows:,} accepted, of {stone.candidates:,} candidates",
            "manifest": f"sha256 {stone.manifest_sha256}",
        }
    )


def print_events(events: Sequence[DatasetEventRead]) -> None:
    """Print what was done to a dataset."""
    table = _table("when", "who", "what", "why")
    for each in events:
        texts = (f"{each.at:%Y-%m-%d %H:%M}", each.by, _what(each), each.why or "")
        table.add_row(*map(Text, texts))
    Console().print(table)


def print_lineage(lineage: LineageRead) -> None:
    """Print where a version is from."""
    seeds = None if lineage.seeds is None else _shown(lineage.seeds)
    if lineage.seed_rows is not None:
        seeds = f"{seeds}, {lineage.seed_rows:,} rows in the recipe"
    models = [f"{each.model}: {each.calls:,} calls, {each.license or 'license unknown'}" for each in lineage.models]
    parent = f"version {lineage.parent}, whose rows are in it" if lineage.parent else "nothing earlier"
    _print_pairs(
        {
            "version": f"{lineage.name}, version {lineage.version}",
            "made": f"{lineage.created}, by {lineage.generator}",
            "recipe": f"{lineage.fingerprint}, sha256 {lineage.recipe_sha256}",
            "seed": str(lineage.seed),
            "seeds": seeds or "none",
            "goes on from": parent,
            "models": "\n".join(models) or "none",
        }
    )


def print_found(page: FoundRowPage) -> None:
    """Print rows one below the other, and how to go on."""
    for each in page.rows:
        Console().print(Text(f"split {each.split}", style="dim"))
        _print_pairs({name: None if value is None else _shown(value) for name, value in each.row.items()})
    Console().print(Text(f"{len(page.rows):,} rows of version {page.version}", style="dim"))
    if page.next_after is not None:
        Console().print(Text(f"There may be more: --after {page.next_after}", style="dim"))


def _what(event: DatasetEventRead) -> str:
    if event.changed:
        return ", ".join(
            f"{name} cleared" if value is None else f"{name} {_shown(value)}" for name, value in event.changed.items()
        )
    before = f" from version {event.previous}" if event.previous else ""
    kind = event.kind.replace("_", " ")
    tag = f" {event.tag}" if event.tag else ""
    return f"{kind}{tag}{before}{' to' if before else ''} version {event.version}"


def _print_pairs(pairs: Mapping[str, str | None]) -> None:
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in pairs.items():
        if value is not None:
            table.add_row(Text(name), Text(value))
    Console().print(table)


def _table(*titles: str) -> Table:
    return Table(*titles, box=None, header_style="dim", pad_edge=False)


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
