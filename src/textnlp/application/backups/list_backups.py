"""List the backups that exist."""

from collections.abc import Sequence
from dataclasses import dataclass

from textnlp.application.backups.backup_place import BackupPlace
from textnlp.domain.backups.manifest import Manifest
from textnlp.domain.backups.retention import BackupClass, kept_classes
from textnlp.domain.errors import ErrorKind, TextNLPError

_UNUSABLE = frozenset({ErrorKind.CONFLICT, ErrorKind.FORBIDDEN, ErrorKind.NOT_FOUND})


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedBackup:
    """A backup as it is listed.

    Attributes:
        manifest: None where it cannot be used; `fault` says why then.
        classes: what it is kept for; empty where it goes with the next pruning, or cannot be used.
    """

    id: str
    manifest: Manifest | None
    fault: str = ""
    classes: tuple[BackupClass, ...] = ()


async def list_backups(place: BackupPlace) -> Sequence[ListedBackup]:
    """Return all backups of a place, newest first; one whose manifest cannot be used is listed with the reason."""
    found = [await _look(place, backup_id) for backup_id in await place.backup_ids()]
    if place.policy.retention is None:
        return found
    classes = kept_classes((each.manifest.taken_at for each in found if each.manifest), place.policy.retention)
    return [
        ListedBackup(
            id=each.id,
            manifest=each.manifest,
            fault=each.fault,
            classes=classes.get(each.manifest.taken_at, ()) if each.manifest else (),
        )
        for each in found
    ]


async def newest_backup(place: BackupPlace) -> Manifest | None:
    """Return the newest backup whose manifest can be used, None where there is none."""
    for backup_id in await place.backup_ids():
        manifest = (await _look(place, backup_id)).manifest
        if manifest is not None:
            return manifest
    return None


async def _look(place: BackupPlace, backup_id: str) -> ListedBackup:
    try:
        return ListedBackup(id=backup_id, manifest=await place.get_manifest(backup_id))
    except TextNLPError as error:
        if error.kind not in _UNUSABLE:
            raise
        return ListedBackup(id=backup_id, manifest=None, fault=error.message)
