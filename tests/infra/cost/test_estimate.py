from decimal import Decimal

from textnlp.topology.cost import COST
from textnlp_infra.cost.estimate import estimate
from textnlp_infra.cost.price import MeterPrice
from textnlp_infra.cost.quantity import Quantity


def _used(*, steady: int = 0, is_spot: bool = False) -> Quantity:
    return Quantity(
        component="pool",
        meter="machine hour",
        low=Decimal(100),
        expected=Decimal(200),
        high=Decimal(400),
        steady=Decimal(steady),
        is_spot=is_spot,
    )


def _price(reserved: str | None = None, spot: str | None = None) -> dict[str, MeterPrice]:
    price = MeterPrice(
        meter="machine hour",
        pay_as_you_go=Decimal(2),
        reserved=Decimal(reserved) if reserved else None,
        spot=Decimal(spot) if spot else None,
    )
    return {price.meter: price}


def test_a_quantity_costs_its_price_at_each_load() -> None:
    made = estimate([_used()], _price(), COST)
    assert [made.total(load) for load in ("low", "expected", "high", "reserved_expected")] == [200, 400, 800, 400]


def test_the_declared_part_of_the_steady_machines_is_reserved() -> None:
    made = estimate([_used(steady=100)], _price(reserved="1"), COST)
    assert made.total("reserved_expected") == 70 * 1 + 130 * 2


def test_what_may_be_taken_back_costs_its_spot_price() -> None:
    assert estimate([_used(is_spot=True)], _price(spot="0.5"), COST).total("reserved_expected") == 100


def test_a_discount_that_is_not_known_saves_nothing_and_is_named() -> None:
    made = estimate([_used(is_spot=True)], _price(), COST)
    assert made.total("reserved_expected") == made.total("expected") == 400
    assert made.without_reservation == ("pool",)


def test_an_unknown_price_is_named_and_never_guessed() -> None:
    made = estimate([_used()], {}, COST)
    assert made.unknown == ("machine hour",)
    assert made.lines[0].expected is None
    assert made.total("expected") == 0
