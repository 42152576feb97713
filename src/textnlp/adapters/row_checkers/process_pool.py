"""Checks on all cores of the machine."""

import multiprocessing
from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from types import TracebackType
from typing import Any, Self

from textnlp.domain.validation.record import BadRecord, Record
from textnlp.domain.validation.row_checks import CheckedRow, RowChecks
from textnlp.domain.validation.sent_checks import SentChecks, put_back, sent_back

_Batch = list[Record | BadRecord]
_AHEAD_PER_PROCESS = 2

_ready: list[RowChecks] = []
"""Of a process of the pool: its checks, made once."""


class ProcessPoolChecks:
    """Looks at batches in several processes, each of which has made the checks for itself; in order, a few ahead."""

    def __init__(self, checks: SentChecks, *, processes: int) -> None:
        context = multiprocessing.get_context("spawn")
        self._pool = ProcessPoolExecutor(processes, mp_context=context, initializer=_prepare, initargs=(checks,))
        self._ahead = processes * _AHEAD_PER_PROCESS

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    def look(self, batches: Iterator[_Batch]) -> Iterator[tuple[_Batch, list[CheckedRow]]]:
        """Yield each batch with what checks say of its good rows."""
        waiting: deque[tuple[_Batch, list[Record], Future[list[CheckedRow]]]] = deque()
        for batch in batches:
            good = [record for record in batch if isinstance(record, Record)]
            waiting.append((batch, good, self._pool.submit(_look, [record.values for record in good])))
            if len(waiting) >= self._ahead:
                done, sent, checked = waiting.popleft()
                yield done, put_back(checked.result(), sent)
        for done, sent, checked in waiting:
            yield done, put_back(checked.result(), sent)


def _prepare(checks: SentChecks) -> None:
    _ready.append(checks.made())


def _look(rows: list[Mapping[str, Any]]) -> list[CheckedRow]:
    return sent_back(_ready[0].look(rows))
