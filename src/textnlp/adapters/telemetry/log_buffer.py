"""Lines of the log that wait to be written to the local store."""

import logging
import traceback
from collections import deque
from datetime import UTC, datetime
from itertools import count

from opentelemetry import trace

from textnlp.domain.pii.secret_mask import without_secrets
from textnlp.domain.telemetry.log_lines import LogLine


class LogBuffer(logging.Handler):
    """Keeps lines until they are taken; of more than `most` the oldest are dropped.

    What has the form of a secret is taken out of messages, and of an error only its kind and where it came from are
    kept, as of errors in spans. Texts are cut at `longest` characters.

    Attributes:
        dropped: how many were, since the process began.
    """

    def __init__(self, *, process: str, instance: str, most: int, longest: int, level: int = logging.INFO) -> None:
        super().__init__(level)
        self._process = process
        self._instance = instance
        self._most = most
        self._longest = longest
        self._numbers = count()
        self._lines: deque[LogLine] = deque()
        self.dropped = 0

    def __len__(self) -> int:
        """Return how many wait."""
        return len(self._lines)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line, with its place in the present trace; one that cannot be written out is none."""
        try:
            message = record.getMessage()
        except (TypeError, ValueError):
            message = str(record.msg)
        context = trace.get_current_span().get_span_context()
        if len(self._lines) >= self._most:
            self._lines.popleft()
            self.dropped += 1
        self._lines.append(
            LogLine(
                at=datetime.fromtimestamp(record.created, tz=UTC),
                ordinal=next(self._numbers),
                level=record.levelno,
                logger=record.name,
                message=without_secrets(message[: self._longest]),
                process=self._process,
                instance=self._instance,
                error=_error(record)[: self._longest],
                trace_id=f"{context.trace_id:032x}" if context.is_valid else "",
                span_id=f"{context.span_id:016x}" if context.is_valid else "",
            )
        )

    def take(self, most: int) -> list[LogLine]:
        """Return the oldest lines, `most` of them at most, and keep them no longer."""
        return [self._lines.popleft() for _ in range(min(most, len(self._lines)))]


def _error(record: logging.LogRecord) -> str:
    """Return the kind of an error and the calls that led to it, the last one first; no values, and no message."""
    if not record.exc_info or record.exc_info[0] is None:
        return ""
    kind, _, where = record.exc_info
    calls = [f"{each.filename}:{each.lineno} {each.name}" for each in reversed(traceback.extract_tb(where))]
    return "\n".join([kind.__name__, *calls])
