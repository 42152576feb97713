"""Erasures on the screen."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from textnlp.domain.erasure.certificate import Certificate
from textnlp.ports.erasable_place import Found


def print_found(found: Found, *, is_rehearsal: bool) -> None:
    """Print where a person was found, and what could not be looked into."""
    console = Console(soft_wrap=True)
    _print_counts(console, found.counts, "found")
    _print_counts(console, found.unread, "files not looked into")
    for told in found.withheld:
        console.print(told, style="yellow", highlight=False)
    if not found.counts:
        console.print("The person is named nowhere.", style="green")
    elif is_rehearsal:
        console.print("Nothing was changed; --yes erases it.", highlight=False)


def print_certificate(certificate: Certificate, path: Path) -> None:
    """Print what an erasure came to, and until when backups may hold it."""
    console = Console(soft_wrap=True)
    _print_counts(console, certificate.erased, "erased")
    _print_counts(console, certificate.unread, "files not looked into")
    for told in certificate.withheld:
        console.print(f"Kept: {told}", style="yellow", highlight=False)
    console.print("A search found nothing more.", style="green")
    _print_backups(console, certificate)
    console.print(f"The certificate is in {path}.", highlight=False)


def print_check(faults: Sequence[str], found: Found, certificate: Certificate) -> None:
    """Print what is wrong with a certificate, or that it holds."""
    console = Console(soft_wrap=True)
    for fault in faults:
        console.print(fault, style="red", highlight=False)
    print_found(found, is_rehearsal=False)
    if not faults:
        console.print(f"The signature of {certificate.id} is good.", style="green", highlight=False)
    _print_backups(console, certificate)


def _print_counts(console: Console, counts: Mapping[str, int], title: str) -> None:
    if not counts:
        return
    table = Table("where", title)
    for where, count in sorted(counts.items()):
        table.add_row(where, f"{count:,}")
    console.print(table)


def _print_backups(console: Console, certificate: Certificate) -> None:
    backups = certificate.backups
    if backups.gone_by is not None:
        told = f"{backups.count} backups from before may hold it; the last is gone by {backups.gone_by:%Y-%m-%d}"
        console.print(f"{told}, if one is taken every night.", style="yellow", highlight=False)
    for backup_id in backups.unreadable:
        told = f"Backup {backup_id} cannot be read and never goes by itself; remove it by hand."
        console.print(told, style="yellow", highlight=False)
