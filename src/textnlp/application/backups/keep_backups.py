"""Take backups every night, and remove those that are kept for nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from textnlp.application.backups.backup_place import BackupPlace
from textnlp.application.backups.create_backup import MakeSources, create_backup, create_due_backup
from textnlp.application.backups.prune_backups import prune_backups
from textnlp.domain.backups.manifest import Manifest


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupSet:
    """The backups of one kind, and what they are made of."""

    place: BackupPlace
    make_sources: MakeSources


async def create_all(sets: Sequence[BackupSet]) -> list[Manifest]:
    """Take a backup of each kind, one after the other; raises what `create_backup` does."""
    return [await create_backup(each.place, await each.make_sources()) for each in sets]


async def keep_due_backups(sets: Sequence[BackupSet]) -> list[Manifest]:
    """Take the backups that are due and prune each place that got one; return what was taken.

    Raises `CONFLICT` where another process is at it.
    """
    made: list[Manifest] = []
    for each in sets:
        manifest = await create_due_backup(each.place, each.make_sources)
        if manifest is not None:
            made.append(manifest)
            await prune_backups(each.place)
    return made
