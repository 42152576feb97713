"""Prices by meter, from a file that says of each when and where it was read."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from importlib.resources import files
from pathlib import Path
from typing import Any, cast

from textnlp.domain.errors import invalid_input


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterPrice:
    """What a meter's unit costs, in the currency of the budget.

    Attributes:
        pay_as_you_go: None where it is not known.
        reserved: of an hour that is reserved for the declared years, None where it is not known.
        spot: of an hour that may be taken back, None where it is not known.
        read_on, source: when and where the prices were read; both there as soon as any price is.
    """

    meter: str
    pay_as_you_go: Decimal | None
    reserved: Decimal | None = None
    spot: Decimal | None = None
    read_on: date | None = None
    source: str = ""


def read_prices(path: Path | None = None) -> dict[str, MeterPrice]:
    """Return the prices of a file, by default of the one that comes with the program, by meter.

    Raises `TextNLPError` for a file that is no JSON of the form `{"prices": [{"meter": ..., "price": ...}]}`, and for a
    price without its day and source.
    """
    place = str(path) if path else "prices.json"
    file = path or files("textnlp_infra.cost").joinpath("prices.json")
    try:
        entries: Any = json.loads(file.read_text(encoding="utf-8"), parse_float=Decimal)["prices"]
        prices = [_price(cast("Mapping[str, Any]", entry), place) for entry in entries]
    except (OSError, ValueError, KeyError, TypeError, InvalidOperation) as error:
        raise invalid_input(f"{place} holds no prices: {error}; see docs/explanation/azure-templates.md") from error
    return {price.meter: price for price in prices}


def _price(entry: Mapping[str, Any], place: str) -> MeterPrice:
    known = {name: _amount(entry.get(name)) for name in ("price", "reserved", "spot")}
    read_on, source = entry.get("on"), str(entry.get("source") or "")
    if any(value is not None for value in known.values()) and not (read_on and source):
        raise invalid_input(f"{place}: the price of '{entry['meter']}' has no day or source; write 'on' and 'source'")
    return MeterPrice(
        meter=str(entry["meter"]),
        pay_as_you_go=known["price"],
        reserved=known["reserved"],
        spot=known["spot"],
        read_on=date.fromisoformat(read_on) if read_on else None,
        source=source,
    )


def _amount(value: Any) -> Decimal | None:
    return None if value is None else Decimal(value)
