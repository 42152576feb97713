from decimal import Decimal

from textnlp.topology.cost import COST
from textnlp_infra.cost.estimate import RESERVED, SPOT, estimate
from textnlp_infra.cost.price import MeterPrice
from textnlp_infra.cost.quantity import Quantity


def _used(*, reserved: int = 0, is_spot: bool = False) -> Quantity:
    return Quantity(
        component="pool",
        meter="machine hour",
        low=Decimal(100),
        expected=Decimal(200),
        high=Decimal(400),
        reserved=Decimal(reserved),
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


def test_what_is_reserved_costs_its_own_price_and_the_rest_the_usual_one() -> None:
    made = estimate([_used(reserved=70)], _price(reserved="1"), COST)
    assert made.total("reserved_expected") == 70 * 1 + 130 * 2


def test_what_is_reserved_is_paid_even_where_less_runs() -> None:
    assert estimate([_used(reserved=300)], _price(reserved="1"), COST).total("reserved_expected") == 300


def test_savings_by_reservation_and_by_spot_are_told_apart() -> None:
    made = estimate([_used(reserved=70), _used(is_spot=True)], _price(reserved="1", spot="0.5"), COST)
    assert (made.saving(RESERVED), made.saving(SPOT)) == (70, 300)


def test_a_saving_of_which_no_price_is_known_is_not_told_as_nothing() -> None:
    assert estimate([_used(reserved=70)], _price(), COST).saving(RESERVED) is None
    assert estimate([_used()], _price(), COST).saving(RESERVED) == 0


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
