from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tools.capacity_simulation import Fleet, simulate

ONE = Fleet(
    messages_per_replica=4,
    min_replicas=1,
    max_replicas=1,
    min_machines=1,
    max_machines=1,
    slices_at_once=1,
    slice_seconds=10,
    replica_seconds=0,
)
FROM_ZERO = replace(ONE, min_replicas=0, max_replicas=10, min_machines=0, max_machines=10, replica_seconds=120)

fleets = st.builds(
    Fleet,
    messages_per_replica=st.integers(1, 40),
    min_replicas=st.integers(0, 3),
    max_replicas=st.integers(3, 12),
    min_machines=st.integers(0, 2),
    max_machines=st.integers(2, 12),
    slices_at_once=st.integers(1, 4),
    slice_seconds=st.floats(0.5, 900),
    cooldown_seconds=st.sampled_from([0.0, 300.0]),
    replica_seconds=st.sampled_from([0.0, 120.0]),
)
arrivals = st.lists(st.tuples(st.floats(0, 3_000), st.integers(0, 60)), max_size=5)


@settings(deadline=None, max_examples=60)
@given(fleets, arrivals)
def test_every_slice_is_done_once_and_no_more_machines_are_there_than_may_be(
    fleet: Fleet, arriving: list[tuple[float, int]]
) -> None:
    outcome = simulate(fleet, arriving)
    assert len(outcome.done_at) == sum(slices for _, slices in arriving)
    assert list(outcome.done_at) == sorted(outcome.done_at)
    assert outcome.most_replicas <= min(fleet.max_replicas, fleet.max_machines)
    assert outcome.busy_share <= 1 + 1e-9
    assert outcome.mean_wait_seconds <= outcome.longest_wait_seconds


@settings(deadline=None, max_examples=40)
@given(fleets, st.integers(0, 80), st.integers(1, 40))
def test_more_work_ends_no_earlier_where_it_brings_no_more_replicas(fleet: Fleet, slices: int, more: int) -> None:
    count = min(fleet.max_replicas, fleet.max_machines)
    steady = replace(fleet, min_replicas=count, max_replicas=count, min_machines=count, max_machines=count)

    def ends(count: int) -> float:
        return max(simulate(steady, [(0, count)]).done_at, default=0)

    assert ends(slices + more) >= ends(slices)


def test_one_replica_works_one_slice_off_after_the_other() -> None:
    outcome = simulate(ONE, [(0, 3)])
    assert outcome.done_at == (10, 20, 30)
    assert outcome.longest_wait_seconds == 20


def test_a_fleet_at_rest_pays_for_the_poll_the_machine_and_the_model_before_anything_is_done() -> None:
    outcome = simulate(FROM_ZERO, [(1, 1)])
    assert outcome.done_at == (30 + 240 + 120 + 10,)


def test_it_grows_by_four_or_doubles_and_stops_at_the_machines_there_are() -> None:
    quick = replace(FROM_ZERO, machine_seconds=0, replica_seconds=0, slice_seconds=600, messages_per_replica=1)
    outcome = simulate(quick, [(0, 40)])
    by_moment = {moment - 600: outcome.done_at.count(moment) for moment in outcome.done_at[:10]}
    assert by_moment == {0: 1, 15: 4, 30: 5}
    assert simulate(replace(quick, max_machines=3), [(0, 40)]).most_replicas == 3


def test_machines_are_kept_for_the_cool_down_and_the_idle_time() -> None:
    outcome = simulate(FROM_ZERO, [(0, 1)])
    gone = outcome.machine_hours * 3600
    assert 370 + 300 + 600 <= gone <= 370 + 300 + 600 + 30


def test_a_fleet_that_has_nothing_to_work_with_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing that works"):
        simulate(replace(ONE, max_machines=0), [])
