"""Checks on all machines of a cluster."""

from collections import OrderedDict, deque
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

from textnlp.domain.validation.record import BadRecord, Record
from textnlp.domain.validation.row_checks import CheckedRow, RowChecks
from textnlp.domain.validation.sent_checks import SentChecks, put_back, sent_back
from textnlp.ports.row_spool import SpooledBatch

_Batch = list[Record | BadRecord]
_AHEAD_PER_CORE = 2
_RETRIES = 5
_MOST_READY = 4

_ready: OrderedDict[str, RowChecks] = OrderedDict()
"""Of a process of the cluster: checks that were made, each once for all batches of a run."""


class RayChecks:
    """Looks at batches on a cluster, in order, a few ahead; what a machine that is lost was at is done elsewhere."""

    def __init__(self, ray: Any, checks: SentChecks) -> None:
        self._ray = ray
        self._run = uuid4().hex
        self._checks = ray.put(checks)
        self._look = ray.remote(max_retries=_RETRIES)(_look)

    def look(self, batches: Iterator[_Batch]) -> Iterator[SpooledBatch]:
        """Yield each batch with what checks say of its good rows."""
        ahead = max(1, int(self._ray.cluster_resources().get("CPU", 1))) * _AHEAD_PER_CORE
        waiting: deque[tuple[_Batch, list[Record], Any]] = deque()
        for batch in batches:
            good = [record for record in batch if isinstance(record, Record)]
            rows = [record.values for record in good]
            waiting.append((batch, good, self._look.remote(self._run, self._checks, rows)))
            if len(waiting) >= ahead:
                done, sent, checked = waiting.popleft()
                yield done, put_back(self._ray.get(checked), sent)
        for done, sent, checked in waiting:
            yield done, put_back(self._ray.get(checked), sent)


def _look(run: str, checks: SentChecks, rows: list[dict[str, Any]]) -> list[CheckedRow]:
    ready = _ready.get(run)
    if ready is None:
        ready = _ready[run] = checks.made()
        if len(_ready) > _MOST_READY:
            _ready.popitem(last=False)
    return sent_back(ready.look(rows))
