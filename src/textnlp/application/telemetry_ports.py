"""What the use cases around the platform's own telemetry stand on."""

from dataclasses import dataclass

from textnlp.ports.telemetry_reader import TelemetryReader
from textnlp.ports.telemetry_retention import TelemetryRetention


@dataclass(frozen=True, slots=True, kw_only=True)
class TelemetryPorts:
    """The store of telemetry, which is empty where a collector gets everything.

    Attributes:
        is_kept: whether this process puts its telemetry there.
    """

    reader: TelemetryReader
    retention: TelemetryRetention
    is_kept: bool
