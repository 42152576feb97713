"""Backups on the screen."""

import sys
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from textnlp.application.backups.list_backups import ListedBackup
from textnlp.application.backups.prune_backups import Pruning
from textnlp.application.backups.restore_backup import Restoration
from textnlp.application.backups.run_drill import DrillReport
from textnlp.application.backups.verify_backup import Verification
from textnlp.cli.progress import duration
from textnlp.domain.backups.manifest import BackupKind, Manifest
from textnlp.domain.shown_size import shown_size


def print_json(value: object) -> None:
    """Print anything of these as one JSON line."""
    sys.stdout.write(msgspec.json.encode(value).decode() + "\n")


def manifest_document(manifest: Manifest) -> dict[str, Any]:
    """Return what people ask of a manifest, without the names of its objects."""
    document: dict[str, Any] = msgspec.to_builtins(manifest)
    del document["index"]
    return document


def listed_document(listed: Mapping[BackupKind, Sequence[ListedBackup]]) -> list[dict[str, Any]]:
    """Return backups as they are listed."""
    return [
        {
            "id": each.id,
            "kind": kind.value,
            "classes": [name.value for name in each.classes],
            "fault": each.fault,
            **(manifest_document(each.manifest) if each.manifest else {}),
        }
        for kind, found in listed.items()
        for each in found
    ]


def restoration_document(restoration: Restoration) -> dict[str, Any]:
    """Return what was restored."""
    document: dict[str, Any] = msgspec.to_builtins(restoration)
    document["manifest"] = manifest_document(restoration.manifest)
    return document


def print_created(manifests: Sequence[Manifest]) -> None:
    """Print what was backed up."""
    console = Console(soft_wrap=True)
    for each in manifests:
        console.print(
            f"{each.id}  {each.kind.value}: {each.rows:,} rows, {each.files:,} files, {shown_size(each.size_bytes)}, "
            f"{shown_size(each.new_bytes)} new",
            highlight=False,
        )
        if each.missing_count:
            console.print(
                f"{each.missing_count:,} blobs that rows refer to are not there, such as {each.missing[0]}.",
                style="yellow",
                highlight=False,
            )


def print_listed(listed: Mapping[BackupKind, Sequence[ListedBackup]]) -> None:
    """Print a table of backups for each kind, newest first."""
    console = Console()
    if not any(listed.values()):
        console.print("There are no backups yet: textnlp backup create.")
    for kind, found in listed.items():
        if not found:
            continue
        table = Table(box=None, header_style="dim", pad_edge=False)
        for title in (kind.value, "taken (UTC)"):
            table.add_column(title, no_wrap=True)
        for title in ("size", "new"):
            table.add_column(title, justify="right", no_wrap=True)
        table.add_column("kept as", overflow="fold")
        for each in found:
            table.add_row(*_cells(each))
        console.print(table)


def _cells(listed: ListedBackup) -> list[str | Text]:
    manifest = listed.manifest
    if manifest is None:
        return [Text(listed.id), "", "", "", Text(listed.fault, style="red")]
    kept = ", ".join(name.value for name in listed.classes)
    taken = f"{manifest.taken_at:%Y-%m-%d %H:%M}"
    told = Text(kept or "nothing", style="" if kept else "dim")
    return [Text(listed.id), taken, shown_size(manifest.size_bytes), shown_size(manifest.new_bytes), told]


def print_verified(verifications: Sequence[Verification]) -> None:
    """Print whether backups are whole, and what is not."""
    console = Console(soft_wrap=True)
    for each in verifications:
        if not each.faults:
            console.print(
                f"{each.backup_id} is whole: {each.entries:,} entries, {shown_size(each.read_bytes)} read back.",
                style="green",
                highlight=False,
            )
            continue
        console.print(f"{each.backup_id} is not whole:", style="red", highlight=False)
        for fault in each.faults:
            console.print(f"  {fault}", highlight=False, markup=False)


def print_restored(restorations: Sequence[Restoration], *, seconds: float, into: str) -> None:
    """Print what was restored, and what it was held against."""
    console = Console(soft_wrap=True)
    for each in restorations:
        console.print(
            f"{each.manifest.id}  {each.manifest.kind.value} of {each.manifest.taken_at:%Y-%m-%d %H:%M:%S} UTC: "
            f"{each.rows:,} rows in {each.tables} tables, {each.files:,} files, {shown_size(each.size_bytes)}",
            highlight=False,
        )
        if each.ledger is not None:
            console.print(ledger_line(each), highlight=False)
        if each.revisions:
            console.print(f"Brought to the structure of this version: {', '.join(each.revisions)}.", highlight=False)
        if each.manifest.missing_count:
            console.print(
                f"{each.manifest.missing_count:,} blobs were not there when it was taken, such as "
                f"{each.manifest.missing[0]}.",
                style="yellow",
                highlight=False,
            )
    console.print(f"Restored into {into} and verified in {duration(seconds)}.", style="bold green", highlight=False)


def ledger_line(restoration: Restoration) -> str:
    """Say how the ledger of what was restored balances."""
    ledger = restoration.ledger
    if ledger is None:
        return "no ledger"
    return (
        f"{ledger.batches:,} batches: {ledger.input:,} rows = {ledger.accepted:,} accepted + {ledger.rejected:,} "
        f"rejected + {ledger.failed:,} failed + {ledger.pending:,} pending"
    )


def print_pruned(prunings: Mapping[BackupKind, Pruning]) -> None:
    """Print what was removed, or would be."""
    console = Console(soft_wrap=True)
    for kind, each in prunings.items():
        did = "would remove" if each.is_rehearsal else "removed"
        console.print(
            f"{kind.value}: {did} {len(each.removed):,} backups and {each.objects:,} objects "
            f"({shown_size(each.object_bytes)}); {len(each.kept):,} backups are kept.",
            highlight=False,
        )
        for backup_id in each.damaged:
            console.print(f"  {backup_id} is not whole, and stays: textnlp backup verify {backup_id}", style="yellow")
        if each.withheld:
            console.print(f"  No object is removed: {each.withheld}", style="yellow", highlight=False)


def print_drill(report: DrillReport) -> None:
    """Print what a drill measured."""
    table = Table.grid(padding=(0, 2))
    before = "there was no backup" if report.age_before is None else duration(report.age_before)
    for name, told in (
        ("newest backup before", f"{before} old" if report.age_before is not None else before),
        ("backup taken in", f"{report.create:.1f} s, {shown_size(report.new_bytes)} new"),
        ("verified in", f"{report.verify:.1f} s"),
        ("restored and verified in", f"{report.restore:.1f} s"),
        ("restored", f"{report.restoration.rows:,} rows, {report.restoration.files:,} files"),
        ("ledger", ledger_line(report.restoration)),
        ("recovery point (RPO)", f"{report.recovery_point:.1f} s"),
        ("recovery time (RTO)", f"{report.recovery_time:.1f} s"),
    ):
        table.add_row(Text(name, style="bold"), Text(told))
    Console().print(table)
