from textnlp.topology.cost import COST
from textnlp_infra.cost.quantity import HOURS, Quantity, quantities
from textnlp_infra.cost.reservation import planned_reservations
from textnlp_infra.environments import environment


def _of(name: str, component: str) -> Quantity:
    return next(quantity for quantity in quantities(environment(name)) if quantity.component == component)


def test_loads_rise() -> None:
    for name in ("dev", "prod"):
        for quantity in quantities(environment(name)):
            assert quantity.low <= quantity.expected <= quantity.high, quantity.meter


def test_the_fewest_machines_run_in_every_region_and_only_one_region_grows() -> None:
    serving, standby = _of("prod", "pool cpu"), _of("prod", "pool cpu, standby")
    assert serving.low == standby.low == standby.high == 3 * HOURS
    assert serving.high == 50 * HOURS
    assert (serving.meter, standby.meter) == (
        "machine/eastus2/Standard_D8ds_v5 hour",
        "machine/centralus/Standard_D8ds_v5 hour",
    )


def test_what_is_reserved_is_what_the_purchase_is_for() -> None:
    bought = sum(item.quantity for item in planned_reservations(environment("prod"), COST))
    assert sum(quantity.reserved for quantity in quantities(environment("prod"))) == bought * HOURS


def test_machines_that_rest_at_night_cost_ten_hours_a_day() -> None:
    assert _of("dev", "pool system").low == HOURS * 10 // 24
    assert _of("dev", "pool system").reserved == 0


def test_a_pool_from_zero_has_nothing_steady_to_reserve() -> None:
    gpu, spot = _of("prod", "pool gpu"), _of("prod", "pool gpuspot")
    assert (gpu.low, gpu.reserved, spot.reserved) == (0, 0, 0)
    assert (gpu.is_spot, spot.is_spot) == (False, True)


def test_a_standby_and_a_replica_are_paid_like_the_server() -> None:
    assert _of("prod", "database").expected == 3 * HOURS
    assert _of("dev", "database").expected == HOURS * 10 // 24
