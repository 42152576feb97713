"""`textnlp backup …`: take backups, look at them, and restore them to a new place."""

import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console

from textnlp.bootstrap.restore_wiring import read_new_place
from textnlp.cli.backup_listing import (
    listed_document,
    manifest_document,
    print_created,
    print_json,
    print_listed,
    print_pruned,
    print_restored,
    print_verified,
    restoration_document,
)
from textnlp.cli.exit_codes import ExitCode
from textnlp.cli.local_backups import LocalBackups
from textnlp.cli.run_loop import run_interruptible
from textnlp.domain.errors import invalid_input
from textnlp.settings import Settings, read_settings

_DataDir = Annotated[Path | None, typer.Option(help="Folder of the platform, as `up` was given it.")]
_At = Annotated[
    str | None, typer.Option("--at", help="Folder or storage account of the backups; TEXTNLP_BACKUPS where unset.")
]
_Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def create(*, at: _At = None, data_dir: _DataDir = None, as_json: _Json = False) -> None:
    """Take a backup of database, files and configuration; only what changed since the last is stored."""
    settings = read_settings(data_dir=data_dir)
    had_key = settings.backup_key_env is not None or settings.backup_key_path.exists()
    manifests = run_interruptible(_backups(settings, at, as_json=as_json).create)
    if as_json:
        print_json([manifest_document(each) for each in manifests])
    else:
        print_created(manifests)
    if not had_key:
        told = f"The key of the backups was made: {settings.backup_key_path}. Keep a copy of it elsewhere; without it "
        Console(stderr=True, soft_wrap=True).print(f"{told}no backup can be opened.", style="yellow", highlight=False)
    if settings.backups is None and at is None and settings.blob_url is None:
        told = "The backups lie in the data folder, and are lost with it; name another disk by TEXTNLP_BACKUPS."
        Console(stderr=True, soft_wrap=True).print(told, style="yellow", highlight=False)


def list_all(*, at: _At = None, data_dir: _DataDir = None, as_json: _Json = False) -> None:
    """List backups, newest first, with what each holds, and what it is kept for."""
    listed = run_interruptible(_backups(read_settings(data_dir=data_dir), at, as_json=as_json).list_all)
    if as_json:
        print_json(listed_document(listed))
    else:
        print_listed(listed)


def verify(
    backup_id: Annotated[str | None, typer.Argument(metavar="[ID]", help="The newest of each kind if unset.")] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="Verify every backup.")] = False,
    at: _At = None,
    data_dir: _DataDir = None,
    as_json: _Json = False,
) -> None:
    """Read every object of backups back, decrypt it and compare all hashes; exit code 1 where something is wrong."""
    backups = _backups(read_settings(data_dir=data_dir), at, as_json=as_json)
    verifications = run_interruptible(lambda: backups.verify(backup_id, every=every))
    if as_json:
        print_json(verifications)
    else:
        print_verified(verifications)
    if any(each.faults for each in verifications):
        sys.exit(ExitCode.ERROR)


def restore(
    *,
    into: Annotated[str, typer.Option(help="A folder, or postgresql://USER@HOST/NAME; it may not hold anything.")],
    to: Annotated[str | None, typer.Option(help="Moment, such as 2026-11-27T14:00Z; the newest where unset.")] = None,
    backup_id: Annotated[str | None, typer.Option("--id", help="This backup, in place of a moment.")] = None,
    blobs: Annotated[str | None, typer.Option(help="Folder or storage account for the blobs.")] = None,
    files: Annotated[Path | None, typer.Option(help="Folder for other files, beside a database.")] = None,
    at: _At = None,
    data_dir: _DataDir = None,
    as_json: _Json = False,
) -> None:
    """Restore the newest backup of a moment or before to a new place, and verify what is there then."""
    if to is not None and backup_id is not None:
        raise invalid_input("Choose one of --to and --id.", field="to")
    moment = None if to is None else read_moment(to)
    new_place = read_new_place(into, blobs=blobs, files=files)
    backups = _backups(read_settings(data_dir=data_dir), at, as_json=as_json)
    began = time.perf_counter()
    restored = run_interruptible(lambda: backups.restore(new_place, by=moment, backup_id=backup_id))
    seconds = time.perf_counter() - began
    if as_json:
        print_json({"seconds": round(seconds, 3), "restored": [restoration_document(each) for each in restored]})
    else:
        print_restored(restored, seconds=seconds, into=into)


def prune(
    *,
    is_rehearsal: Annotated[bool, typer.Option("--dry-run", help="Remove nothing; say what would be removed.")] = False,
    at: _At = None,
    data_dir: _DataDir = None,
    as_json: _Json = False,
) -> None:
    """Remove backups that are kept for nothing, and what then belongs to none; the newest whole one always stays."""
    backups = _backups(read_settings(data_dir=data_dir), at, as_json=as_json)
    prunings = run_interruptible(lambda: backups.prune(is_rehearsal=is_rehearsal))
    if as_json:
        print_json({kind.value: msgspec.to_builtins(each) for kind, each in prunings.items()})
    else:
        print_pruned(prunings)


def read_moment(text: str) -> datetime:
    """Read a moment in ISO 8601, in UTC where it names no offset; raise `INVALID_INPUT` for anything else."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise invalid_input(f"{text!r} is no moment such as 2026-11-27T14:00Z.", field="to") from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _backups(settings: Settings, at: str | None, *, as_json: bool) -> LocalBackups:
    return LocalBackups(settings=settings, at=at, is_quiet=as_json)
