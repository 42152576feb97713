import dataclasses
from datetime import UTC, datetime, timedelta

import pytest

from textnlp.console.batch_pace import BatchPace
from textnlp.domain.batches.model import Batch, BatchSpec, BatchState, LedgerCounts
from textnlp.domain.identifiers import new_batch_id

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
BATCH = Batch(id=new_batch_id(NOON), name="a.txt", state=BatchState.RUNNING, spec=BatchSpec(model="m"), created_at=NOON)


def at(done: int) -> Batch:
    return dataclasses.replace(BATCH, counts=LedgerCounts(input=100, accepted=done))


def test_the_first_look_takes_the_whole_time() -> None:
    pace = BatchPace().measure(at(20), now=NOON + timedelta(seconds=10))
    assert pace.rows_per_second == pytest.approx(2)
    assert pace.left == timedelta(seconds=40)


def test_later_looks_take_the_last_ten_seconds() -> None:
    watched = BatchPace()
    for second in range(0, 30, 5):
        watched.measure(at(second), now=NOON + timedelta(seconds=second))
    pace = watched.measure(at(65), now=NOON + timedelta(seconds=30))
    assert pace.rows_per_second == pytest.approx(4.5)


def test_where_nothing_moves_there_is_no_pace() -> None:
    pace = BatchPace().measure(at(0), now=NOON + timedelta(seconds=10))
    assert (pace.rows_per_second, pace.left) == (None, None)
