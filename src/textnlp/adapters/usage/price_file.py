"""Prices in files: the list that comes with the package, and one of the operator's own."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import msgspec

from textnlp.domain.errors import ErrorKind, TextNLPError, invalid_input
from textnlp.domain.routing.model import ModelCatalog
from textnlp.domain.usage.price import Price, PriceTable

_NAMED = re.compile(r"Object (?:missing required|contains unknown) field `(.*)`$", re.DOTALL)
_SHIPPED = Path(__file__).with_name("prices.json")

_Shape = TypeVar("_Shape")


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
    document = _decoded(content, _PriceDocument, path, within="")
    rows = enumerate(document.prices)
    return PriceList(
        as_of=document.as_of,
        prices=tuple(_price(raw, path, within=f"prices[{index}]") for index, raw in rows),
    )


def price_table(
    own: Path | None = None, *, free_models: Iterable[str] = (), catalog: ModelCatalog | None = None
) -> PriceTable:
    """Return the shipped prices, with those of `own` in the place of all shipped ones of the same models.

    What deployments and aliases of `catalog` cost follows from them. Raises what `read_price_file` does.
    """
    given = () if own is None else read_price_file(own).prices
    replaced = {price.model for price in given}
    kept = [price for price in shipped_prices().prices if price.model not in replaced]
    return PriceTable([*kept, *given], free_models=free_models, catalog=catalog)


class _PriceRow(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    model: Annotated[str, msgspec.Meta(min_length=1)]
    valid_from: date
    prompt: Decimal
    completion: Decimal
    cached_prompt: Decimal | None = None
    source: str = ""


class _PriceDocument(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    as_of: date
    currency: Literal["USD"]
    prices: list[msgspec.Raw]


def _price(raw: msgspec.Raw, path: Path, *, within: str) -> Price:
    row = _decoded(raw, _PriceRow, path, within=within)
    amounts = {"prompt": row.prompt, "cached_prompt": row.cached_prompt, "completion": row.completion}
    for name, amount in amounts.items():
        if amount is not None and not (amount.is_finite() and amount >= 0):
            raise _unusable(path, "must be a number, 0 or more", field=f"{within}.{name}")
    return Price(
        model=row.model,
        prompt=row.prompt,
        cached_prompt=row.prompt if row.cached_prompt is None else row.cached_prompt,
        completion=row.completion,
        valid_from=row.valid_from,
        source=row.source,
    )


def _decoded(content: bytes | msgspec.Raw, shape: type[_Shape], path: Path, *, within: str) -> _Shape:
    try:
        return msgspec.json.decode(content, type=shape)
    except msgspec.ValidationError as exc:
        sentence, _, place = str(exc).partition(" - at `$.")
        named = _NAMED.match(sentence)
        place = named.group(1) if named else place.removesuffix("`")
        field = ".".join(part for part in (within, place) if part)
        raise _unusable(path, sentence, field=field or None) from exc
    except (msgspec.DecodeError, UnicodeDecodeError) as exc:
        raise _unusable(path, str(exc), field=None) from exc


def _unusable(path: Path, said: str, *, field: str | None) -> TextNLPError:
    place = f"{field}: " if field else ""
    return invalid_input(f"The file of prices {path} is not usable: {place}{said}.", field=field)
