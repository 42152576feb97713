import pytest

from textnlp.domain.admission.concurrency import AdaptiveConcurrency
from textnlp.domain.admission.server_load import ServerLoad


def run_window(limit: AdaptiveConcurrency, *, at: float, answered: int, refused: int, in_flight: int) -> None:
    """Let one half-second window pass, its last answer closing it."""
    for _ in range(refused):
        limit.on_refusal(now=at, retry_after_seconds=None)
    for _ in range(answered - 1):
        limit.on_answer(in_flight=in_flight, now=at)
    limit.on_answer(in_flight=in_flight, now=at + 0.5)


def test_it_starts_at_the_ceiling() -> None:
    assert AdaptiveConcurrency(ceiling=64, now=0.0).limit == 64


def test_a_deployment_that_refuses_everything_is_asked_half_as_much_each_window() -> None:
    limit = AdaptiveConcurrency(ceiling=64, now=0.0)
    seen: list[int] = []
    for window in range(4):
        limit.on_refusal(now=window + 0.0, retry_after_seconds=None)
        limit.on_refusal(now=window + 0.6, retry_after_seconds=None)
        seen.append(limit.limit)
    assert seen == [32, 16, 8, 4]


def test_a_few_random_refusals_cost_nothing_however_long_they_last() -> None:
    limit = AdaptiveConcurrency(ceiling=64, now=0.0)
    for window in range(100):
        run_window(limit, at=window * 0.5, answered=98, refused=2, in_flight=64)
    assert limit.limit == 64


def test_refusals_beyond_the_noise_cut_by_their_share() -> None:
    limit = AdaptiveConcurrency(ceiling=64, now=0.0)
    run_window(limit, at=0.0, answered=87, refused=13, in_flight=64)
    assert limit.limit == 57


@pytest.mark.parametrize(("ceiling", "capacity"), [(64, 16), (256, 40), (64, 63)])
def test_a_deployment_is_asked_about_what_it_can_take(ceiling: int, capacity: int) -> None:
    limit = AdaptiveConcurrency(ceiling=ceiling, now=0.0)
    seen: list[int] = []
    for window in range(200):
        asked = limit.limit
        refused = max(0, asked - capacity)
        run_window(limit, at=window * 0.5, answered=10 * (asked - refused), refused=10 * refused, in_flight=asked)
        seen.append(limit.limit)
    settled = seen[100:]
    assert capacity * 0.95 <= min(settled) <= max(settled) <= capacity * 1.15


def test_it_never_falls_below_one() -> None:
    limit = AdaptiveConcurrency(ceiling=2, now=0.0)
    for window in range(10):
        limit.on_refusal(now=window * 1.0, retry_after_seconds=None)
    assert limit.limit == 1


def test_a_full_window_without_refusals_adds_one_up_to_the_ceiling() -> None:
    limit = AdaptiveConcurrency(ceiling=10, now=0.0)
    run_window(limit, at=0.0, answered=5, refused=5, in_flight=10)
    assert limit.limit == 5
    for window in range(1, 20):
        run_window(limit, at=window * 1.0, answered=10, refused=0, in_flight=limit.limit)
    assert limit.limit == 10


def test_a_window_that_did_not_use_the_limit_proves_nothing_and_adds_nothing() -> None:
    limit = AdaptiveConcurrency(ceiling=10, now=0.0)
    run_window(limit, at=0.0, answered=5, refused=5, in_flight=10)
    run_window(limit, at=1.0, answered=10, refused=0, in_flight=1)
    assert limit.limit == 5


def test_everyone_pauses_when_a_telling_share_is_refused_with_a_time_to_wait() -> None:
    limit = AdaptiveConcurrency(ceiling=64, now=0.0)
    for _ in range(4):
        limit.on_refusal(now=0.1, retry_after_seconds=7.0)
    assert limit.paused_until == 7.1


def test_one_refusal_among_many_answers_pauses_nobody() -> None:
    limit = AdaptiveConcurrency(ceiling=64, now=0.0)
    for _ in range(20):
        limit.on_answer(in_flight=64, now=0.1)
    limit.on_refusal(now=0.1, retry_after_seconds=7.0)
    assert limit.paused_until == 0.0


def load(*, running: int, waiting: int, cache_use: float = 0.5) -> ServerLoad:
    return ServerLoad(running=running, waiting=waiting, cache_use=cache_use)


@pytest.mark.parametrize(("ceiling", "begins"), [(64, 20), (256, 40), (16, 15)])
def test_a_server_that_queues_is_sent_about_what_it_begins(ceiling: int, begins: int) -> None:
    limit = AdaptiveConcurrency(ceiling=ceiling, now=0.0)
    seen: list[int] = []
    for second in range(120):
        for half in (0.0, 0.5):
            run_window(limit, at=second + half, answered=10, refused=0, in_flight=limit.limit)
        limit.on_load(load(running=begins, waiting=max(0, limit.limit - begins)), in_flight=limit.limit)
        seen.append(limit.limit)
    settled = seen[60:]
    assert begins * 0.95 <= min(settled) <= max(settled) <= begins * 1.2


def test_a_queue_is_cut_once_and_not_again_before_the_calls_in_flight_have_fallen_to_the_limit() -> None:
    limit = AdaptiveConcurrency(ceiling=64, now=0.0)
    for in_flight in (64, 60, 50, 33):
        limit.on_load(load(running=16, waiting=in_flight - 16), in_flight=in_flight)
        assert limit.limit == 32
    limit.on_load(load(running=16, waiting=16), in_flight=32)
    assert limit.limit == 16


def test_no_more_is_sent_than_is_in_flight_when_the_queue_is_that_of_others() -> None:
    limit = AdaptiveConcurrency(ceiling=64, now=0.0)
    limit.on_load(load(running=90, waiting=10), in_flight=10)
    assert limit.limit == 9
    limit.on_load(load(running=1, waiting=1000), in_flight=0)
    assert limit.limit == 1


@pytest.mark.parametrize("busy", [load(running=9, waiting=1), load(running=10, waiting=0, cache_use=0.97)])
def test_nothing_is_added_until_a_reading_tells_of_room_or_none_can_be_had(busy: ServerLoad) -> None:
    limit = AdaptiveConcurrency(ceiling=64, now=0.0)
    run_window(limit, at=0.0, answered=5, refused=5, in_flight=64)
    before = limit.limit
    limit.on_load(busy, in_flight=before + 1)
    run_window(limit, at=1.0, answered=10, refused=0, in_flight=before)
    assert limit.limit == before
    limit.on_load(None, in_flight=before)
    run_window(limit, at=2.0, answered=10, refused=0, in_flight=before)
    assert limit.limit == before + 1
