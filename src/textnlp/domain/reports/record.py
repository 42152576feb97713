"""The form of `report.json`."""

from typing import Any

import msgspec

from textnlp.domain.errors import invalid_input
from textnlp.domain.reports.model import QualityReport


def encode_report(report: QualityReport) -> bytes:
    """Return a report as indented JSON."""
    return msgspec.json.format(msgspec.json.encode(report), indent=1) + b"\n"


def decode_report(data: bytes) -> QualityReport:
    """Read a report; fields that are not known are left out. Raises `INVALID_INPUT` for what is none."""
    try:
        return msgspec.json.decode(data, type=QualityReport)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as exc:
        raise invalid_input(f"The report cannot be read: {exc}.") from exc


def report_schema() -> dict[str, Any]:
    """Return the JSON Schema of `report.json`; readers should bear with further fields."""
    return msgspec.json.schema(QualityReport)
