"""Where the blobs of a validation lie."""

from datetime import UTC, datetime

from textnlp.domain.identifiers import ValidationId
from textnlp.topology.containers import VALIDATION_METRICS, VALIDATION_REPORTS

ACCEPTED_JSONL = "accepted.jsonl"
REJECTED_JSONL = "rejected.jsonl"
ERRORS_JSONL = "errors.jsonl"
REPORT_HTML = "report.html"
REPORT_JSON = "report.json"

RESULT_NAMES = (ACCEPTED_JSONL, REJECTED_JSONL, ERRORS_JSONL, REPORT_HTML, REPORT_JSON)
"""The files that a validation leaves, in the order in which they are written: with the report, all are there."""


def result_path(validation_id: ValidationId, name: str) -> str:
    """Return the blob of one of the files that a validation leaves."""
    return f"{VALIDATION_REPORTS}/{validation_id}/{name}"


def metrics_path(validation_id: ValidationId, *, asked_at: datetime) -> str:
    """Return the blob with the figures of a validation, in the folder of the day on which it was asked for in UTC."""
    return f"{VALIDATION_METRICS}/{asked_at.astimezone(UTC).date().isoformat()}/{validation_id}.json"
