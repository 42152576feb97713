import json
import logging
import sys
from typing import Any

from tests.factories.traces import GATEWAY_TRACE, GATEWAY_TRACEPARENT, MemoryTracing
from textnlp.adapters.telemetry.log_lines import JsonLines


def written(message: str, *arguments: object, error: bool = False) -> dict[str, Any]:
    record = logging.LogRecord(
        "textnlp.part", logging.WARNING, "", 1, message, arguments, sys.exc_info() if error else None
    )
    line = JsonLines().format(record)
    assert "\n" not in line
    return json.loads(line)


def test_a_line_is_an_object_with_time_level_logger_and_message() -> None:
    line = written("one %s\nand two", "\N{SNOWMAN}")
    assert line.pop("timestamp").endswith("+00:00")
    assert line == {"level": "WARNING", "logger": "textnlp.part", "message": "one \N{SNOWMAN}\nand two"}


async def test_a_line_within_a_trace_names_it() -> None:
    tracer = MemoryTracing().tracer
    with tracer.begin("work", parent=GATEWAY_TRACEPARENT) as span, tracer.within(span):
        line = written("hello")
    assert line["trace_id"] == GATEWAY_TRACE
    assert line["span_id"] == span.traceparent.split("-")[2]


def test_a_line_about_a_fault_holds_how_it_came_about() -> None:
    line: dict[str, Any] = {}
    try:
        int("broken")
    except ValueError:
        line = written("failed", error=True)
    assert "ValueError: invalid literal" in line["error"]
