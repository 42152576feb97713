"""Prices in files: the list that comes with the package, and one of the operator's own."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Literal

import msgspec

from textnlp.domain.errors import ErrorKind, TextNLPError, invalid_input
from textnlp.domain.usage.price import Price, PriceTable

_SHIPPED = Path(__file__).with_name("prices.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceList:
    """Prices as they were known on a day.

    Attributes:
        as_of: when the prices were last compared with what their sources publish.
    """

    as_of: date
    prices: tuple[Price, ...]


def shipped_prices() -> PriceList:
    """Return the list prices that come with the package."""
    return read_price_file(_SHIPPED)


def read_price_file(path: Path) -> PriceList:
    """Read a file of prices: JSON with `as_of`, `currency` and `prices`, amounts in USD for a million tokens.

    Raises `INVALID_INPUT` with the field that is wrong, such as `prices[2].prompt`, and `NOT_FOUND` where no file can
    be read.
    """
    try:
        content = path.read_bytes()
    except OSError as exc:
        raise TextNLPError(
            f"The file of prices {path} cannot be read: {exc.strerror or exc}.",
            kind=ErrorKind.NOT_FOUND,
        ) from exc
    try:
        document = msgspec.json.decode(content, type=_PriceDocument)
    except msgspec.ValidationError as exc:
        sentence, _, place = str(exc).partition(" - at `$.")
        field = place.removesuffix("`") or None
        raise _unreadable(path, f"{field}: {sentence}" if field else sentence, field=field) from exc
    except (msgspec.DecodeError, UnicodeDecodeError) as exc:
        raise _unreadable(path, str(exc), field=None) from exc
    return PriceList(
        as_of=document.as_of,
        prices=tuple(_price(row, path, index) for index, row in enumerate(document.prices)),
    )


def price_table(own: Path | None = None, *, free_models: Iterable[str] = ()) -> PriceTable:
    """Return the shipped prices, with those of `own` in the place of all shipped ones of the same models.

    Raises what `read_price_file` does.
    """
    given = () if own is None else read_price_file(own).prices
    replaced = {price.model for price in given}
    kept = [price for price in shipped_prices().prices if price.model not in replaced]
    return PriceTable([*kept, *given], free_models=free_models)


class _PriceRow(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    model: str
    valid_from: date
    prompt: Decimal
    completion: Decimal
    cached_prompt: Decimal | None = None
    source: str = ""


class _PriceDocument(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    as_of: date
    currency: Literal["USD"]
    prices: list[_PriceRow]


def _price(row: _PriceRow, path: Path, index: int) -> Price:
    if not row.model:
        raise _unreadable(path, f"prices[{index}].model: must not be empty", field=f"prices[{index}].model")
    amounts = {"prompt": row.prompt, "completion": row.completion}
    if row.cached_prompt is not None:
        amounts["cached_prompt"] = row.cached_prompt
    for name, amount in amounts.items():
        if not amount.is_finite() or amount < 0:
            field = f"prices[{index}].{name}"
            raise _unreadable(path, f"{field}: must be a number, 0 or more", field=field)
    return Price(
        model=row.model,
        prompt=row.prompt,
        cached_prompt=row.prompt if row.cached_prompt is None else row.cached_prompt,
        completion=row.completion,
        valid_from=row.valid_from,
        source=row.source,
    )


def _unreadable(path: Path, said: str, *, field: str | None) -> TextNLPError:
    return invalid_input(f"The file of prices {path} is not usable: {said}.", field=field)
