"""What a platform takes its backups with; apart from their wiring, which only a night needs."""

from collections.abc import Sequence
from dataclasses import dataclass

from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.domain.backups.manifest import Manifest
from textnlp.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupHold:
    """Takes the backups of a platform on one of its own connections, which it has while tables are read."""

    settings: Settings
    database: PostgresDatabase

    @property
    def is_scheduled(self) -> bool:
        """Whether this process takes a backup every night."""
        return bool(self.settings.backup_schedule)

    async def keep_due(self) -> Sequence[Manifest]:
        """Take what is due, and prune; raises what `keep_due_backups` and opening the place do."""
        from textnlp.application.backups.keep_backups import keep_due_backups  # noqa: PLC0415  as below
        from textnlp.bootstrap.backup_wiring import PlaceOptions, open_backup_sets  # noqa: PLC0415  once a night

        options = PlaceOptions(may_make_key=True)
        async with open_backup_sets(self.settings, options, database=self.database) as sets:
            return await keep_due_backups(sets)
