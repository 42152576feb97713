"""Remove backups that are kept for nothing, and the objects that then belong to none."""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from textnlp.application.backups.backup_place import BackupPlace
from textnlp.application.backups.hold_lease import Lease, hold_lease
from textnlp.application.backups.list_backups import ListedBackup, list_backups
from textnlp.application.backups.read_content import read_entries
from textnlp.domain.backups.addresses import is_object_name
from textnlp.domain.backups.manifest import Manifest
from textnlp.domain.backups.retention import kept_classes
from textnlp.domain.errors import ErrorKind, TextNLPError

GRACE = timedelta(hours=24)
"""Younger objects stay, whatever refers to them."""

_RENEWED_EVERY = 200
_FAULTS = frozenset({ErrorKind.CONFLICT, ErrorKind.FORBIDDEN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruning:
    """What was removed, or would be.

    Attributes:
        kept, removed: ids of backups, newest first.
        damaged: ids of backups of which something is missing or cannot be read; they are never removed, nor counted.
        objects, object_bytes: what belonged to no backup.
        withheld: why no object was removed, empty where nothing stood in the way.
    """

    kept: tuple[str, ...]
    removed: tuple[str, ...]
    damaged: tuple[str, ...]
    objects: int
    object_bytes: int
    withheld: str = ""
    is_rehearsal: bool = False


async def prune_backups(place: BackupPlace, *, is_rehearsal: bool = False) -> Pruning:
    """Remove backups by the retention of the place, then objects that belong to no backup and are a day old.

    The newest backup of which every object is there is never removed. While the manifest or index of any backup cannot
    be read, no object is removed, since it cannot be told what belongs to it. Nothing is removed while another process
    writes a backup: that raises `CONFLICT`. `is_rehearsal` removes nothing, and tells what would be.
    """
    if is_rehearsal:
        return await _prune(place, None)
    async with hold_lease(place) as lease:
        return await _prune(place, lease)


async def _prune(place: BackupPlace, lease: Lease | None) -> Pruning:
    listed = await list_backups(place)
    stored = {info.path.rpartition("/")[2] async for info in place.objects()}
    survey = _Survey(place, stored)
    whole = [each.manifest for each in listed if each.manifest and await survey.is_whole(each.manifest)]
    retention = place.policy.retention
    kept_times = kept_classes((each.taken_at for each in whole), retention) if retention else None
    kept = tuple(each.id for each in whole if kept_times is None or each.taken_at in kept_times)
    removed = tuple(each.id for each in whole if each.id not in kept)
    if lease is not None:
        for backup_id in removed:
            await lease.renew()
            await place.remove_backup(backup_id)
    withheld = _reason_to_withhold(listed, survey)
    objects, object_bytes = (0, 0) if withheld else await _sweep(place, survey.named_by(set(kept)), lease)
    return Pruning(
        kept=kept,
        removed=removed,
        damaged=tuple(each.id for each in listed if each.id not in kept and each.id not in removed),
        objects=objects,
        object_bytes=object_bytes,
        withheld=withheld,
        is_rehearsal=lease is None,
    )


def _reason_to_withhold(listed: Sequence[ListedBackup], survey: "_Survey") -> str:
    unread = [each.id for each in listed if each.manifest is None or each.id in survey.unread]
    return f"Backup {unread[0]} cannot be read, so it is not known which objects belong to it." if unread else ""


class _Survey:
    """Which objects belong to which backup; holds a name of 32 bytes an object."""

    def __init__(self, place: BackupPlace, stored: set[str]) -> None:
        self._place = place
        self._stored = {bytes.fromhex(name) for name in stored if is_object_name(name)}
        self._names: dict[str, set[bytes]] = {}
        self._removable: set[str] = set()
        self.unread: set[str] = set()

    async def is_whole(self, manifest: Manifest) -> bool:
        """Tell whether every object of a backup is there and its index can be read."""
        names = {bytes.fromhex(name) for name in manifest.index.chunks}
        try:
            async with contextlib.aclosing(read_entries(self._place, manifest)) as entries:
                async for entry in entries:
                    names.update(map(bytes.fromhex, entry.chunks))
        except TextNLPError as error:
            if error.kind not in _FAULTS:
                raise
            self.unread.add(manifest.id)
            return False
        self._names[manifest.id] = names
        is_whole = names <= self._stored
        if is_whole:
            self._removable.add(manifest.id)
        return is_whole

    def named_by(self, kept: set[str]) -> set[bytes]:
        """Return the objects of the backups that stay: those kept, and those of which something is missing."""
        staying = [
            names for backup_id, names in self._names.items() if backup_id in kept or self._is_partial(backup_id)
        ]
        return set[bytes]().union(*staying)

    def _is_partial(self, backup_id: str) -> bool:
        return backup_id not in self._removable


async def _sweep(place: BackupPlace, named: set[bytes], lease: Lease | None) -> tuple[int, int]:
    count, size_bytes, oldest = 0, 0, place.clock.now() - GRACE
    async with contextlib.aclosing(place.objects()) as objects:
        async for info in objects:
            name = info.path.rpartition("/")[2]
            if info.modified_at > oldest or not is_object_name(name) or bytes.fromhex(name) in named:
                continue
            if lease is not None:
                if count % _RENEWED_EVERY == 0:
                    await lease.renew()
                await place.store.delete(info.path)
            count += 1
            size_bytes += info.size_bytes
    return count, size_bytes
