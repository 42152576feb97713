"""Try out whether the platform could be brought back, and measure how long that takes and what would be lost."""

import itertools
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from textnlp.application.backups.create_backup import create_backup
from textnlp.application.backups.keep_backups import BackupSet
from textnlp.application.backups.list_backups import newest_backup
from textnlp.application.backups.restore_backup import Restoration, RestoreTarget, restore_backup
from textnlp.application.backups.verify_backup import require_whole, verify_backup
from textnlp.domain.backups.manifest import BackupKind
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.ports.clock import Clock

OpenTargets = Callable[[], AbstractAsyncContextManager[tuple[RestoreTarget, RestoreTarget]]]
"""Opens a scratch place: for the database with its files, and for the configuration."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillReport:
    """What a drill measured, in seconds.

    Attributes:
        age_before: of the newest backup when the drill began, which is what would have been lost; None for no backup.
        create, verify, restore: how long each step took.
        recovery_point: from the moment that the backup shows until it existed: what a loss right after it loses.
        recovery_time: from the loss until the restored copy was verified and could be started.
    """

    restoration: Restoration
    new_bytes: int
    age_before: float | None
    create: float
    verify: float
    restore: float
    recovery_point: float
    recovery_time: float


async def run_recovery_drill(sets: Sequence[BackupSet], open_targets: OpenTargets, *, clock: Clock) -> DrillReport:
    """Take a backup, verify it, restore it to a scratch place and verify that; raises what these do."""
    by_kind = {each.place.kind: each for each in sets}
    data = by_kind.get(BackupKind.DATABASE)
    if data is None:
        raise TextNLPError("A drill needs a database to restore.", kind=ErrorKind.INTERNAL)
    before = await newest_backup(data.place)
    age_before = (clock.now() - before.taken_at).total_seconds() if before else None
    marks = [clock.monotonic()]
    taken = {kind: await create_backup(each.place, await each.make_sources()) for kind, each in by_kind.items()}
    marks.append(clock.monotonic())
    for kind, manifest in taken.items():
        require_whole(await verify_backup(by_kind[kind].place, manifest.id))
    marks.append(clock.monotonic())
    async with open_targets() as (database_target, configuration_target):
        targets = {BackupKind.DATABASE: database_target, BackupKind.CONFIGURATION: configuration_target}
        restored = {
            kind: await restore_backup(by_kind[kind].place, manifest, targets[kind]) for kind, manifest in taken.items()
        }
        marks.append(clock.monotonic())
    manifest = taken[BackupKind.DATABASE]
    create, verify, restore = (end - start for start, end in itertools.pairwise(marks))
    return DrillReport(
        restoration=restored[BackupKind.DATABASE],
        new_bytes=manifest.new_bytes,
        age_before=age_before,
        create=create,
        verify=verify,
        restore=restore,
        recovery_point=(manifest.finished_at - manifest.taken_at).total_seconds(),
        recovery_time=restore,
    )
