"""The database server, in the units that PostgreSQL itself counts in."""

from dataclasses import dataclass

PAGE_BYTES = 8_192
"""Size of a page, the unit of `shared_buffers` and `effective_cache_size`."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DatabaseServer:
    """PostgreSQL as it is ordered and set.

    Attributes:
        version: major version that is ordered.
        least_version: major version that the platform still runs on.
        memory_gib: what a machine of `machine_size` holds.
        high_availability: where the standby is.
        point_in_time_days: how far back the server itself can be restored.
        max_connections, reserved_connections: how many connections it takes, and how many of them are for itself,
            its standby and whoever administers it.
        parameters: server parameters and their values, in PostgreSQL's own units: pages of 8 kB for
            `shared_buffers` and `effective_cache_size`, kB for `work_mem` and `maintenance_work_mem`.
    """

    version: str
    least_version: str
    tier: str
    machine_size: str
    memory_gib: int
    storage_gib: int
    grows: bool
    high_availability: str
    zone: str
    standby_zone: str
    point_in_time_days: int
    has_geo_backup: bool
    max_connections: int
    reserved_connections: int
    shared_buffers_pages: int
    parameters: tuple[tuple[str, str], ...]

    def __post_init__(self) -> None:
        """Refuse a buffer that the server refuses, and a standby beside its primary."""
        share = self.shared_buffers_pages * PAGE_BYTES / (self.memory_gib * 1024**3)
        if not 0.10 <= share <= 0.75:  # noqa: PLR2004  bounds of the flexible server
            raise ValueError(
                f"database: shared_buffers_pages {self.shared_buffers_pages} is {share:.0%} of {self.memory_gib} GiB; "
                "the server takes 10% to 75%"
            )
        if self.zone == self.standby_zone:
            raise ValueError(f"database: primary and standby are both in zone {self.zone}")


DATABASE_SERVER = DatabaseServer(
    version="17",
    least_version="15",
    tier="GeneralPurpose",
    machine_size="Standard_D8ds_v5",
    memory_gib=32,
    storage_gib=512,
    grows=True,
    high_availability="ZoneRedundant",
    zone="1",
    standby_zone="2",
    point_in_time_days=35,
    has_geo_backup=True,
    max_connections=500,
    reserved_connections=20,
    shared_buffers_pages=1_048_576,
    parameters=(
        ("effective_cache_size", "3145728"),
        ("maintenance_work_mem", "524288"),
        ("require_secure_transport", "on"),
        ("ssl_min_protocol_version", "TLSv1.2"),
        ("work_mem", "16384"),
    ),
)
