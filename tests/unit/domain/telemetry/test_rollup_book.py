from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from tests.factories.telemetry import NOON
from textnlp.domain.telemetry.rollup_book import Reading, RollupBook
from textnlp.domain.telemetry.rollups import Rollup
from textnlp.topology.metrics import QUEUE_DEPTH, REQUEST_SECONDS, ROWS_RECORDED

SERVED = ("GET", "/", "200")


def second(number: float) -> datetime:
    return NOON + timedelta(seconds=number)


def book(began_at: datetime = NOON) -> RollupBook:
    return RollupBook(began_at, rollup_seconds=60, window_seconds=30)


def shown(*, rows: float = 0, waiting: float = 0, requests: Sequence[int] = ()) -> list[Reading]:
    buckets = [0] * (len(REQUEST_SECONDS.bounds) + 1)
    buckets[: len(requests)] = requests
    return [
        Reading(ROWS_RECORDED, ("accepted",), rows),
        Reading(QUEUE_DEPTH, ("q",), waiting),
        Reading(REQUEST_SECONDS, SERVED, sum(requests) * 0.001, tuple(buckets)),
    ]


def of(metric: object, rollups: Iterable[Rollup]) -> Rollup | None:
    return next((rollup for rollup in rollups if rollup.metric == getattr(metric, "name", "")), None)


def test_stretches_that_are_kept_begin_at_multiples_of_their_length() -> None:
    kept = book(second(20))
    assert kept.look(shown(rows=5, waiting=3, requests=[1, 1]), at=second(30)) == []
    assert kept.look(shown(rows=9, waiting=1, requests=[1, 2]), at=second(58)) == []
    first = kept.look(shown(rows=12, waiting=7, requests=[1, 3]), at=second(61))
    rows, waiting, requests = (of(metric, first) for metric in (ROWS_RECORDED, QUEUE_DEPTH, REQUEST_SECONDS))
    assert rows
    assert (rows.at, rows.seconds, rows.total) == (second(20), 40, 12)
    assert waiting
    assert (waiting.count, waiting.total, waiting.low, waiting.high) == (2, 1, 1, 3)
    assert requests
    assert (requests.count, requests.buckets[:3]) == (4, (1, 3, 0))
    second_stretch = kept.look(shown(rows=20, waiting=0, requests=[1, 3]), at=second(121))
    rows, waiting = of(ROWS_RECORDED, second_stretch), of(QUEUE_DEPTH, second_stretch)
    assert rows
    assert (rows.at, rows.seconds, rows.total) == (second(60), 60, 8)
    assert waiting
    assert (waiting.count, waiting.total) == (1, 7)
    assert of(REQUEST_SECONDS, second_stretch) is None


def test_what_a_process_does_in_a_window_is_seen_at_any_time() -> None:
    kept = book()
    kept.look(shown(rows=5, waiting=3), at=second(10))
    assert kept.present()[0] == 10
    for at in range(12, 100, 2):
        kept.look(shown(rows=at, waiting=at, requests=[at]), at=second(at))
    seconds, rollups = kept.present()
    assert seconds == 30
    rows, waiting, requests = (of(metric, rollups) for metric in (ROWS_RECORDED, QUEUE_DEPTH, REQUEST_SECONDS))
    assert rows
    assert waiting
    assert requests
    assert (rows.total, waiting.total, requests.count) == (30, 98, 30)
    assert rows.at == second(68)


def test_a_counter_that_shows_less_than_before_has_begun_anew() -> None:
    kept = book()
    kept.look(shown(rows=50), at=second(61))
    rows = of(ROWS_RECORDED, kept.look(shown(rows=3), at=second(121)))
    assert rows
    assert rows.total == 3


def test_a_process_that_ends_leaves_the_stretch_that_it_was_in() -> None:
    kept = book()
    kept.look(shown(rows=5, waiting=2), at=second(61))
    left = kept.close(shown(rows=8, waiting=4), at=second(75))
    rows, waiting = of(ROWS_RECORDED, left), of(QUEUE_DEPTH, left)
    assert rows
    assert (rows.at, rows.seconds, rows.total) == (second(60), 15, 3)
    assert waiting
    assert waiting.high == 4
    assert book().close(shown(), at=NOON) == []
