from textnlp_infra.cost.quantity import HOURS, Quantity, quantities
from textnlp_infra.environments import environment


def _of(name: str, component: str) -> Quantity:
    return next(quantity for quantity in quantities(environment(name)) if quantity.component == component)


def test_loads_rise() -> None:
    for name in ("dev", "prod"):
        for quantity in quantities(environment(name)):
            assert quantity.low <= quantity.expected <= quantity.high, quantity.meter


def test_the_fewest_machines_run_in_every_region_and_only_one_region_grows() -> None:
    pool = _of("prod", "pool cpu")
    assert pool.low == pool.steady == 3 * 2 * HOURS
    assert pool.high == (50 + 3) * HOURS


def test_a_pool_from_zero_has_nothing_steady_to_reserve() -> None:
    gpu, spot = _of("prod", "pool gpu"), _of("prod", "pool gpuspot")
    assert (gpu.low, gpu.steady, spot.steady) == (0, 0, 0)
    assert (gpu.is_spot, spot.is_spot) == (False, True)


def test_a_standby_and_a_replica_are_paid_like_the_server() -> None:
    assert _of("prod", "database").expected == 3 * HOURS
    assert _of("dev", "database").expected == HOURS
