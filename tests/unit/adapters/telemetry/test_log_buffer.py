import logging
from collections.abc import Iterator

import pytest

from tests.factories.traces import MemoryTracing
from textnlp.adapters.telemetry.log_buffer import LogBuffer


@pytest.fixture
def buffer() -> LogBuffer:
    return LogBuffer(process="api", instance="host-1", most=3, longest=40)


@pytest.fixture
def log(buffer: LogBuffer) -> Iterator[logging.Logger]:
    logger = logging.getLogger("textnlp.buffered")
    logger.setLevel(logging.INFO)
    logger.propagate = False
    logger.addHandler(buffer)
    yield logger
    logger.removeHandler(buffer)


def test_a_line_has_its_place_in_the_present_trace(buffer: LogBuffer, log: logging.Logger) -> None:
    tracing = MemoryTracing()
    with tracing.tracer.begin("work") as span, tracing.tracer.within(span):
        log.warning("%d rows are late", 3)
    log.info("alone")
    within, alone = buffer.take(10)
    assert (within.message, within.level, within.logger) == ("3 rows are late", 30, "textnlp.buffered")
    assert span.traceparent.startswith(f"00-{within.trace_id}-{within.span_id}-")
    assert (alone.trace_id, alone.span_id, alone.error) == ("", "", "")
    assert within.ordinal < alone.ordinal
    assert (within.process, within.instance) == ("api", "host-1")


def test_secrets_and_messages_of_errors_are_left_out(buffer: LogBuffer, log: logging.Logger) -> None:
    try:
        int("verysecret")
    except ValueError:
        log.exception("password=Zk3jQ9xv81LmPq was refused, and so on and so on")
    (line,) = buffer.take(10)
    assert line.message == "password=[SECRET] was refused, and"
    assert line.error.startswith("ValueError\n")
    assert "verysecret" not in line.error
    assert len(line.error) <= 40


def test_a_line_that_cannot_be_written_out_is_kept_as_it_was_given(buffer: LogBuffer) -> None:
    buffer.handle(logging.LogRecord("textnlp.part", logging.INFO, "", 1, "%d rows", ("three",), None))
    (line,) = buffer.take(10)
    assert line.message == "%d rows"


def test_of_more_than_there_is_place_for_the_oldest_are_dropped(buffer: LogBuffer, log: logging.Logger) -> None:
    for number in range(5):
        log.info("line %d", number)
    assert (len(buffer), buffer.dropped) == (3, 2)
    assert [line.message for line in buffer.take(2)] == ["line 2", "line 3"]
