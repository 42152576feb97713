"""Whether a process keeps its own telemetry."""

from enum import StrEnum


class TelemetryKeeping(StrEnum):
    """Whether a process keeps its telemetry in the database; `AUTO` does where no collector gets it."""

    AUTO = "auto"
    ON = "on"
    OFF = "off"
