"""The monthly estimate: quantities by prices, and how it stands to the budget."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from textnlp.topology.cost import Cost
from textnlp_infra.cost.price import MeterPrice
from textnlp_infra.cost.quantity import Quantity

RESERVED = "reserved"
SPOT = "spot"
"""Ways to pay less."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What one meter of one component costs in a month; amounts are None where its price is not known.

    Attributes:
        reserved_expected: at expected load with what is declared reserved, and Spot where it is used.
        discount: by what that is less, `RESERVED` or `SPOT`, empty for nothing.
    """

    component: str
    meter: str
    low: Decimal | None
    expected: Decimal | None
    high: Decimal | None
    reserved_expected: Decimal | None
    discount: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """All lines; totals add up what is known, and are too low by what is not."""

    lines: tuple[Line, ...]
    budget: int

    def total(self, load: str) -> Decimal:
        """Return the sum of the known amounts at a load, `low`, `expected`, `high` or `reserved_expected`.

        What has no reserved or Spot price counts as it costs without, so that what is not known saves nothing.
        """
        return sum((self._counted(line, load) or Decimal() for line in self.lines), Decimal())

    @staticmethod
    def _counted(line: Line, load: str) -> Decimal | None:
        amount: Decimal | None = getattr(line, load)
        return line.expected if amount is None and load == "reserved_expected" else amount

    def saving(self, discount: str) -> Decimal | None:
        """Return what a discount saves in a month at expected load, None where no price of it is known."""
        lines = [line for line in self.lines if line.discount == discount]
        known = [
            line.expected - line.reserved_expected
            for line in lines
            if line.expected is not None and line.reserved_expected is not None
        ]
        return None if lines and not known else sum(known, Decimal())

    @property
    def unknown(self) -> tuple[str, ...]:
        """The meters whose pay-as-you-go price is not known."""
        return tuple(dict.fromkeys(line.meter for line in self.lines if line.expected is None))

    @property
    def without_reservation(self) -> tuple[str, ...]:
        """The components whose reserved or Spot price is not known although that of pay-as-you-go is."""
        return tuple(
            line.component for line in self.lines if line.expected is not None and line.reserved_expected is None
        )


def estimate(used: Iterable[Quantity], prices: Mapping[str, MeterPrice], cost: Cost) -> Estimate:
    """Return the estimate; a meter that the prices do not list is not known."""
    lines = tuple(
        _line(quantity, prices.get(quantity.meter) or MeterPrice(meter=quantity.meter, pay_as_you_go=None))
        for quantity in used
    )
    return Estimate(lines=lines, budget=cost.monthly_budget)


def _line(quantity: Quantity, price: MeterPrice) -> Line:
    return Line(
        component=quantity.component,
        meter=quantity.meter,
        low=_times(quantity.low, price.pay_as_you_go),
        expected=_times(quantity.expected, price.pay_as_you_go),
        high=_times(quantity.high, price.pay_as_you_go),
        reserved_expected=_reserved(quantity, price),
        discount=SPOT if quantity.is_spot else RESERVED if quantity.reserved else "",
    )


def _reserved(quantity: Quantity, price: MeterPrice) -> Decimal | None:
    if quantity.is_spot:
        return _times(quantity.expected, price.spot)
    if not quantity.reserved:
        return _times(quantity.expected, price.pay_as_you_go)
    paid = _times(quantity.reserved, price.reserved)
    rest = _times(max(quantity.expected - quantity.reserved, Decimal()), price.pay_as_you_go)
    return None if paid is None or rest is None else paid + rest


def _times(count: Decimal, price: Decimal | None) -> Decimal | None:
    return None if price is None else count * price
