"""Logs as JSON, one object a line, each with the trace that it belongs to."""

import logging
from datetime import UTC, datetime
from typing import Any

import msgspec
from opentelemetry import trace

_encode = msgspec.json.Encoder(enc_hook=str).encode


class JsonLines(logging.Formatter):
    """Writes `timestamp`, `level`, `logger` and `message`; `trace_id` and `span_id` within a trace, `error` if any.

    Names and ids are those of OpenTelemetry's data model for logs. A message of many lines is one line.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, Any] = {
            "timestamp": datetime.fromtimestamp(record.created, tz=UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        context = trace.get_current_span().get_span_context()
        if context.is_valid:
            line["trace_id"] = f"{context.trace_id:032x}"
            line["span_id"] = f"{context.span_id:016x}"
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return _encode(line).decode()
