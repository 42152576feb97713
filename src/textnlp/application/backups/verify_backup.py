"""Read a whole backup back, and name everything that is not as it was written."""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass

from textnlp.application.backups.backup_place import BackupPlace
from textnlp.application.backups.read_content import Entry, read_entries, read_entry
from textnlp.domain.backups.manifest import EntryKind, Manifest
from textnlp.domain.backups.record import damaged
from textnlp.domain.errors import ErrorKind, TextNLPError

_FAULTS_NAMED = 100
_FAULTS = frozenset({ErrorKind.CONFLICT, ErrorKind.FORBIDDEN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What was found.

    Attributes:
        read_bytes: how much was read back, before compression.
        faults: what is wrong, the first hundred; nothing where the backup is as it was written.
    """

    backup_id: str
    entries: int
    read_bytes: int
    faults: tuple[str, ...]


async def verify_backup(place: BackupPlace, backup_id: str) -> Verification:
    """Read every object of a backup, decrypt it, and compare all hashes, counts and lengths.

    Raises `NOT_FOUND` where there is no such backup, be it that it was removed meanwhile.
    """
    faults, entries, read_bytes = list[str](), 0, 0
    try:
        manifest = await place.get_manifest(backup_id)
        async with contextlib.aclosing(read_entries(place, manifest)) as found:
            async for entry in found:
                entries += 1
                read_bytes += entry.end.size_bytes
                fault = await _fault_of(place, entry)
                if fault and len(faults) < _FAULTS_NAMED:
                    faults.append(fault)
        faults += _miscounted(manifest, read_bytes)
    except TextNLPError as error:
        if error.kind not in _FAULTS:
            raise
        faults.append(error.message)
    if faults and backup_id not in await place.backup_ids():
        raise TextNLPError(f"Backup {backup_id} was removed while it was read.", kind=ErrorKind.NOT_FOUND)
    return Verification(backup_id=backup_id, entries=entries, read_bytes=read_bytes, faults=tuple(faults))


def require_whole(verification: Verification) -> None:
    """Raise `CONFLICT` with the first fault where there is one."""
    if verification.faults:
        raise damaged(f"Backup {verification.backup_id} is not whole. {verification.faults[0]}")


async def _fault_of(place: BackupPlace, entry: Entry) -> str:
    line_feeds = 0
    try:
        async with contextlib.aclosing(read_entry(place, entry)) as chunks:
            async for chunk in chunks:
                line_feeds += chunk.count(b"\n")
    except TextNLPError as error:
        if error.kind not in _FAULTS:
            raise
        return f"{entry.label}: {error.message}"
    if entry.kind is EntryKind.TABLE and line_feeds != entry.end.rows:
        return f"{entry.label}: it has {line_feeds:,} rows and not {entry.end.rows:,}."
    return ""


def _miscounted(manifest: Manifest, read_bytes: int) -> Sequence[str]:
    return (
        [] if read_bytes == manifest.size_bytes else [f"The backup has {read_bytes:,} bytes and says another number."]
    )
