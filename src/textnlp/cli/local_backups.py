"""Backups, from the command line of the machine that has their key."""

import contextlib
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from textnlp.application.backups.backup_place import BackupPlace, no_such_backup
from textnlp.application.backups.keep_backups import BackupSet, create_all
from textnlp.application.backups.list_backups import ListedBackup, list_backups
from textnlp.application.backups.prune_backups import Pruning, prune_backups
from textnlp.application.backups.restore_backup import Restoration, find_backup, restore_backup
from textnlp.application.backups.run_drill import DrillReport, run_recovery_drill
from textnlp.application.backups.verify_backup import Verification, verify_backup
from textnlp.bootstrap.backup_wiring import PlaceOptions, open_backup_sets, open_places
from textnlp.bootstrap.clock import SYSTEM_CLOCK
from textnlp.bootstrap.restore_wiring import NewPlace, open_new_place
from textnlp.cli.backup_progress import BackupProgress
from textnlp.domain.backups.manifest import BackupKind, Manifest
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalBackups:
    """The backups that this machine can open.

    Attributes:
        at: folder or address in place of that of the settings.
    """

    settings: Settings
    at: str | None
    is_quiet: bool

    async def create(self) -> Sequence[Manifest]:
        """Take a backup of everything."""
        async with self._sets("Taking a backup") as sets:
            return await create_all(sets)

    async def list_all(self) -> Mapping[BackupKind, Sequence[ListedBackup]]:
        """Return all backups by kind, newest first."""
        async with self._places("Listing backups") as places:
            return {kind: await list_backups(place) for kind, place in places.items()}

    async def verify(self, backup_id: str | None, *, every: bool) -> Sequence[Verification]:
        """Verify one backup, or the newest of each kind, or every one."""
        async with self._places("Verifying") as places:
            if backup_id is not None:
                return [await verify_backup(await _place_with(places, backup_id), backup_id)]
            found = [(place, (await place.backup_ids())[: None if every else 1]) for place in places.values()]
            if not any(ids for _, ids in found):
                raise TextNLPError("There is no backup to verify.", kind=ErrorKind.NOT_FOUND)
            return [await verify_backup(place, each) for place, ids in found for each in ids]

    async def restore(
        self, new_place: NewPlace, *, by: datetime | None, backup_id: str | None
    ) -> Sequence[Restoration]:
        """Restore a backup of the database, and the configuration that was backed up with or before it."""
        async with self._places("Restoring") as places:
            data, configuration = places[BackupKind.DATABASE], places[BackupKind.CONFIGURATION]
            manifest = await (data.get_manifest(backup_id) if backup_id else find_backup(data, by=by))
            told = await _configuration_by(configuration, manifest.taken_at)
            async with open_new_place(self.settings, new_place) as (database_target, configuration_target):
                restored = [await restore_backup(data, manifest, database_target)]
                if told is not None and configuration_target.trees:
                    restored.append(await restore_backup(configuration, told, configuration_target))
            return restored

    async def prune(self, *, is_rehearsal: bool) -> Mapping[BackupKind, Pruning]:
        """Remove what is kept no longer, of each kind."""
        async with self._places("Pruning") as places:
            return {kind: await prune_backups(place, is_rehearsal=is_rehearsal) for kind, place in places.items()}

    async def drill(self, scratch: NewPlace) -> DrillReport:
        """Take a backup and restore it to a scratch place."""
        async with self._sets("Drill") as sets:
            return await run_recovery_drill(sets, lambda: open_new_place(self.settings, scratch), clock=SYSTEM_CLOCK)

    @contextlib.asynccontextmanager
    async def _sets(self, doing: str) -> AsyncGenerator[Sequence[BackupSet]]:
        async with (
            self._shown(doing, may_make_key=True) as options,
            open_backup_sets(self.settings, options) as sets,
        ):
            yield sets

    @contextlib.asynccontextmanager
    async def _places(self, doing: str) -> AsyncGenerator[Mapping[BackupKind, BackupPlace]]:
        async with self._shown(doing) as options, open_places(self.settings, options) as places:
            yield places

    @contextlib.asynccontextmanager
    async def _shown(self, doing: str, *, may_make_key: bool = False) -> AsyncGenerator[PlaceOptions]:
        progress = BackupProgress(doing, is_quiet=self.is_quiet)
        try:
            yield PlaceOptions(at=self.at, may_make_key=may_make_key, progress=progress)
        finally:
            progress.close()


async def _place_with(places: Mapping[BackupKind, BackupPlace], backup_id: str) -> BackupPlace:
    for place in places.values():
        if backup_id in await place.backup_ids():
            return place
    raise no_such_backup(backup_id)


async def _configuration_by(place: BackupPlace, moment: datetime) -> Manifest | None:
    try:
        return await find_backup(place, by=moment)
    except TextNLPError as error:
        if error.kind is not ErrorKind.NOT_FOUND:
            raise
        return None
