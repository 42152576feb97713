"""The parts that only calls of others need, imported where there are any: a run without saves a third of a second."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.application.batch_ports import BatchPorts
from textnlp.bootstrap.check_hold import CheckHold
from textnlp.bootstrap.telemetry import Telemetry
from textnlp.settings import Settings

if TYPE_CHECKING:
    from textnlp.application.review_ports import ReviewPorts
    from textnlp.application.telemetry_ports import TelemetryPorts
    from textnlp.application.validation_ports import ValidationPorts
    from textnlp.bootstrap.dataset_hold import DatasetHold


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedParts:
    """Those parts; None where nobody calls."""

    datasets: "DatasetHold | None" = None
    reviews: "ReviewPorts | None" = None
    validations: "ValidationPorts | None" = None
    telemetry: "TelemetryPorts | None" = None


def served_parts(
    settings: Settings,
    database: PostgresDatabase,
    batches: BatchPorts,
    telemetry: Telemetry,
    *,
    outside: CheckHold,
    is_called: bool,
) -> ServedParts:
    """Wire them; none of them where nobody calls."""
    if not is_called:
        return ServedParts()
    from textnlp.bootstrap.dataset_hold import dataset_hold  # noqa: PLC0415  a quarter of a second
    from textnlp.bootstrap.local_telemetry import telemetry_ports  # noqa: PLC0415  as all of these
    from textnlp.bootstrap.review_wiring import served_reviews  # noqa: PLC0415  a tenth of a second
    from textnlp.bootstrap.served_validations import served_validations  # noqa: PLC0415  as above

    return ServedParts(
        datasets=dataset_hold(settings, database),
        reviews=served_reviews(database, batches.blobs),
        validations=served_validations(database, batches, meter=telemetry.meter, outside=outside),
        telemetry=telemetry_ports(database, is_kept=telemetry.local is not None),
    )
