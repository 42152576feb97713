"""What stands in the way of an upgrade, and what to do about it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from packaging.version import InvalidVersion, Version

from textnlp.domain.errors import invalid_input
from textnlp.domain.inspection.model import Fault, Inspected, Schema
from textnlp.domain.upgrades.model import Migration

OLDEST_BACKUP = timedelta(hours=26)
"""How old the newest backup may be: a night, and what taking it may take."""

_BACK_UP = "Take one with the version that runs, before this one migrates: textnlp backup create."


def inspected(subject: str, looked_at: int, faults: Sequence[Fault]) -> Inspected:
    """Return what came of a check that told all it found."""
    return Inspected(subject=subject, looked_at=looked_at, faults=tuple(faults), fault_count=len(faults))


def revision_faults(schema: Schema) -> list[Fault]:
    """Return that the database is of a later version than this code."""
    if schema.revision is None or schema.revision <= schema.known:
        return []
    told = f"The database has revision {schema.revision}, this version works with {schema.known}."
    return [
        Fault(place="database", told=told, advice="Install the version that made it: pip install --upgrade textnlp.")
    ]


def read_version(text: str) -> Version:
    """Read the version of a release; raise `INVALID_INPUT` for what is none."""
    try:
        return Version(text)
    except InvalidVersion:
        raise invalid_input(f"{text!r} is no version; one is written as 1.2.0.", field="from") from None


def migration_faults(migrations: Sequence[Migration], *, oldest_running: Version | None) -> list[Fault]:
    """Return the migrations that must not run while processes of the version `oldest_running` do.

    None stands for any version.
    """
    return [
        _contract_fault(migration)
        for migration in migrations
        if migration.takes_away and not _is_unused(migration, oldest_running)
    ]


def backup_faults(newest: datetime | None, *, now: datetime) -> list[Fault]:
    """Return that there is no backup to go back to, or only an old one."""
    if newest is None:
        return [Fault(place="backups", told="There is no backup that can be restored.", advice=_BACK_UP)]
    age = now - newest
    if age <= OLDEST_BACKUP:
        return []
    told = f"The newest backup is {age.days} days and {age.seconds // 3600} hours old."
    return [Fault(place="backups", told=told, advice=_BACK_UP)]


def _is_unused(migration: Migration, oldest_running: Version | None) -> bool:
    since = migration.unused_since
    return since is not None and oldest_running is not None and oldest_running >= Version(since)


def _contract_fault(migration: Migration) -> Fault:
    if migration.unused_since is None:
        advice = "Stop every process of an earlier version first."
    else:
        advice = (
            f"Bring every process to {migration.unused_since} or later first, then say so: "
            f"textnlp upgrade --check --from {migration.unused_since}."
        )
    return Fault(
        place=f"migration {migration.revision}",
        told=f"Processes of earlier versions fail once it has run: it {'; '.join(migration.takes_away)}.",
        advice=advice,
    )
