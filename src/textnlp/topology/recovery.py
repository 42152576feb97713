"""Recovery: what is backed up, and how long it is kept."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Retention:
    """How many backups of each age are kept: the newest of each day, week, month and year."""

    daily: int
    weekly: int
    monthly: int
    yearly: int

    def __post_init__(self) -> None:
        """Refuse a retention that keeps nothing."""
        kept = (self.daily, self.weekly, self.monthly, self.yearly)
        if min(kept) < 0 or self.daily < 1:
            raise ValueError(f"retention {kept}: counts must not be negative, and at least one day is kept")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BackupPolicy:
    """How one kind of data can be brought back.

    Attributes:
        protects: the service whose data it is.
        starts_at: time of day, UTC, of the daily backup; None where backup never pauses.
        retention: kept backups; None where only the point in time counts.
        point_in_time_days: how far back any moment can be restored.
        destination: prefix under which the laptop keeps the backups, and Azure their restores; None where the
            service keeps them itself.
    """

    name: str
    protects: str
    point_in_time_days: int
    starts_at: str | None = None
    retention: Retention | None = None
    destination: str | None = None


BACKUP_POLICIES = (
    BackupPolicy(
        name="database-backup",
        protects="database",
        point_in_time_days=35,
        starts_at="02:00",
        retention=Retention(daily=7, weekly=4, monthly=12, yearly=5),
        destination="backups/database",
    ),
    BackupPolicy(name="storage-backup", protects="blobs", point_in_time_days=30),
    BackupPolicy(
        name="configuration-backup",
        protects="configuration",
        point_in_time_days=35,
        starts_at="02:00",
        retention=Retention(daily=7, weekly=4, monthly=12, yearly=5),
        destination="backups/configurations",
    ),
)
