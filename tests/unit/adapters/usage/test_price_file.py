import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from textnlp.adapters.usage.price_file import price_table, read_price_file, shipped_prices
from textnlp.domain.errors import ErrorKind, TextNLPError

_TODAY = date(2026, 3, 1)
_ROW = {"model": "m", "valid_from": "2026-01-01", "prompt": "1", "completion": "2"}


def _write(folder: Path, *rows: dict[str, Any], **changes: Any) -> Path:
    path = folder / "prices.json"
    path.write_text(json.dumps({"as_of": "2026-01-01", "currency": "USD", "prices": rows, **changes}), encoding="utf-8")
    return path


def test_every_shipped_price_names_its_source_and_held_when_the_list_was_made() -> None:
    shipped = shipped_prices()
    assert shipped.prices
    assert all(price.source.startswith("https://") for price in shipped.prices)
    assert all(price.valid_from <= shipped.as_of for price in shipped.prices)
    assert all(price.cached_prompt <= price.prompt for price in shipped.prices)
    assert len({(price.model, price.valid_from) for price in shipped.prices}) == len(shipped.prices)


def test_a_shipped_model_has_a_price_under_its_dated_name_too() -> None:
    table = price_table(free_models=["scripted"])
    price = table.find("gpt-4o-mini-2024-07-18", on=_TODAY)
    assert price is not None
    assert (price.prompt, price.cached_prompt, price.completion) == (Decimal("0.15"), Decimal("0.075"), Decimal("0.6"))
    free = table.find("scripted", on=_TODAY)
    assert free is not None
    assert free.completion == 0
    assert table.find("gpt-unheard-of", on=_TODAY) is None


def test_a_file_of_ones_own_replaces_the_prices_of_the_models_it_names(tmp_path: Path) -> None:
    own = _write(tmp_path, {**_ROW, "model": "gpt-4o", "prompt": 0.15}, _ROW)
    table = price_table(own)
    changed, added, kept = (table.find(model, on=_TODAY) for model in ("gpt-4o", "m", "gpt-4o-mini"))
    assert changed is not None
    assert (changed.prompt, changed.cached_prompt) == (Decimal("0.15"), Decimal("0.15"))
    assert table.find("gpt-4o", on=date(2025, 12, 31)) is None
    assert added is not None
    assert kept is not None


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({**_ROW, "prompt": "-1"}, "prices[1].prompt"),
        ({**_ROW, "completion": "NaN"}, "prices[1].completion"),
        ({**_ROW, "cached_prompt": "Infinity"}, "prices[1].cached_prompt"),
        ({**_ROW, "model": ""}, "prices[1].model"),
        ({**_ROW, "prompt": "cheap"}, "prices[1].prompt"),
        ({**_ROW, "valid_from": "soon"}, "prices[1].valid_from"),
        ({"model": "m"}, "prices[1].valid_from"),
        ({**_ROW, "currency": "EUR"}, "prices[1].currency"),
    ],
)
def test_a_wrong_price_is_refused_by_its_field(tmp_path: Path, row: dict[str, Any], field: str) -> None:
    with pytest.raises(TextNLPError) as caught:
        read_price_file(_write(tmp_path, _ROW, row))
    assert (caught.value.kind, caught.value.facts.field) == (ErrorKind.INVALID_INPUT, field)
    assert f": {field}: " in caught.value.message


def test_another_currency_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TextNLPError) as caught:
        read_price_file(_write(tmp_path, currency="EUR"))
    assert caught.value.facts.field == "currency"


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[]"])
def test_a_file_that_is_no_document_of_prices_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "prices.json"
    path.write_bytes(content)
    with pytest.raises(TextNLPError) as caught:
        read_price_file(path)
    assert caught.value.kind is ErrorKind.INVALID_INPUT


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(TextNLPError, match=r"nowhere\.json cannot be read") as caught:
        price_table(tmp_path / "nowhere.json")
    assert caught.value.kind is ErrorKind.NOT_FOUND
