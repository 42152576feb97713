import json
from decimal import Decimal
from pathlib import Path

import pytest

from textnlp.domain.errors import TextNLPError
from textnlp_infra.cost.price import read_prices
from textnlp_infra.cost.quantity import quantities
from textnlp_infra.environments import ENVIRONMENTS


def _file(folder: Path, entry: dict[str, object]) -> Path:
    path = folder / "prices.json"
    path.write_text(json.dumps({"prices": [entry]}), encoding="utf-8")
    return path


def test_every_price_has_its_day_and_its_source() -> None:
    known = [price for price in read_prices().values() if price.pay_as_you_go is not None]
    assert known
    assert all(price.read_on and price.source.startswith("https://") for price in known)


def test_every_meter_that_is_used_is_listed_even_where_its_price_is_not_known() -> None:
    used = {quantity.meter for environment in ENVIRONMENTS for quantity in quantities(environment)}
    assert used == set(read_prices())


def test_a_file_of_ones_own_takes_the_place_of_the_list(tmp_path: Path) -> None:
    entry: dict[str, object] = {
        "meter": "m",
        "price": 1.5,
        "spot": 0.3,
        "on": "2026-11-01",
        "source": "https://example.com",
    }
    price = read_prices(_file(tmp_path, entry))["m"]
    assert (price.pay_as_you_go, price.spot, price.reserved) == (Decimal("1.5"), Decimal("0.3"), None)


def test_a_price_from_nowhere_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TextNLPError, match=r"the price of 'm' has no day or source; write 'on' and 'source'"):
        read_prices(_file(tmp_path, {"meter": "m", "price": 1}))


@pytest.mark.parametrize("text", ["", "[]", '{"prices": [{}]}', '{"prices": [{"meter": "m", "price": "much"}]}'])
def test_a_file_that_holds_no_prices_is_refused_by_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "mine.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(TextNLPError, match=r"mine\.json"):
        read_prices(path)
