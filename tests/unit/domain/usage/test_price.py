from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.generation.model import NO_USAGE, Usage
from textnlp.domain.routing.model import Deployment, DeploymentShare, ModelAlias, ModelCatalog, TokenPrices
from textnlp.domain.usage.price import Price, PriceTable, cost_of

_SPRING, _SUMMER = date(2026, 3, 1), date(2026, 6, 1)


def _price(model: str, prompt: str, *, valid_from: date = _SPRING) -> Price:
    return Price(
        model=model,
        prompt=Decimal(prompt),
        cached_prompt=Decimal(prompt) / 2,
        completion=Decimal(prompt) * 4,
        valid_from=valid_from,
    )


_TABLE = PriceTable(
    [
        _price("gpt-4o", "2.5", valid_from=_SUMMER),
        _price("gpt-4o", "5"),
        _price("gpt-4o-mini", "0.15"),
        _price("gpt-4o-2024-05-13", "7"),
    ],
    free_models=["local", "scripted"],
)


@pytest.mark.parametrize(
    ("model", "prompt"),
    [
        ("gpt-4o", "5"),
        ("gpt-4o-2024-08-06", "5"),
        ("gpt-4o-2024-05-13", "7"),
        ("gpt-4o-mini", "0.15"),
        ("gpt-4o-mini-2024-07-18", "0.15"),
        ("gpt-4o-mini-20240718", "0.15"),
        ("gpt-4o-mini-0718", "0.15"),
        ("local", "0"),
    ],
)
def test_a_dated_version_costs_what_the_model_of_its_name_does_unless_it_has_its_own_price(
    model: str, prompt: str
) -> None:
    price = _TABLE.find(model, on=_SPRING)
    assert price is not None
    assert price.prompt == Decimal(prompt)


@pytest.mark.parametrize(
    "model", ["gpt-4", "gpt-4o-audio-preview", "gpt-4o-mini-search", "local-2024-05-13", "my-gpt-4o", "gpt-4o-5", ""]
)
def test_the_price_of_another_model_is_not_guessed(model: str) -> None:
    assert _TABLE.find(model, on=_SPRING) is None
    assert cost_of(Usage(prompt_tokens=5), None) is None


def test_a_price_holds_from_its_day_until_the_next_one() -> None:
    assert _TABLE.find("gpt-4o", on=date(2026, 2, 28)) is None
    prices = [_TABLE.find("gpt-4o", on=on) for on in (_SPRING, date(2026, 5, 31), _SUMMER)]
    assert [price and price.prompt for price in prices] == [5, 5, Decimal("2.5")]


def test_cached_tokens_cost_their_own_price_and_reasoning_is_part_of_the_completion() -> None:
    usage = Usage(prompt_tokens=1_000_000, cached_tokens=400_000, completion_tokens=500_000, reasoning_tokens=400_000)
    assert cost_of(usage, _price("m", "10")) == Decimal(6) + Decimal(2) + Decimal(20)


def test_a_single_token_costs_its_exact_part() -> None:
    assert cost_of(Usage(prompt_tokens=1), _price("m", "0.15")) == Decimal("0.00000015")
    assert cost_of(NO_USAGE, _price("m", "0.15")) == 0


def test_more_cached_tokens_than_the_prompt_has_cost_no_more_than_the_prompt() -> None:
    assert cost_of(Usage(prompt_tokens=1, cached_tokens=9), _price("m", "2")) == Decimal("0.000001")


@given(
    st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)), min_size=1, max_size=9),
    st.decimals(0, 1000, places=4),
)
def test_the_costs_of_calls_add_up_to_the_cost_of_their_sum(calls: list[tuple[int, int]], prompt: Decimal) -> None:
    price = _price("m", f"{prompt}")
    total, costs = NO_USAGE, Decimal(0)
    for prompt_tokens, completion_tokens in calls:
        usage = Usage(prompt_tokens=prompt_tokens, completion_tokens=completion_tokens)
        total = total.plus(usage)
        costs += cost_of(usage, price) or 0
    assert cost_of(total, price) == costs


def test_a_deployment_costs_its_own_price_or_that_of_its_model_and_an_alias_the_dearest_of_them() -> None:
    on = date(2026, 6, 1)
    listed = Price(
        model="big", prompt=Decimal(2), cached_prompt=Decimal(1), completion=Decimal(8), valid_from=date(2026, 1, 1)
    )
    own = TokenPrices(input=Decimal(1), output=Decimal(3), cached_input=Decimal(1))
    catalog = ModelCatalog(
        deployments={
            "east": Deployment(name="east", model="big-2026-01-05"),
            "west": Deployment(name="west", model="big", prices=own),
            "big": Deployment(name="big", model="unheard-of"),
        },
        aliases={
            name: ModelAlias(name=name, tiers=(tuple(DeploymentShare(name=one) for one in named),))
            for name, named in {"chat": ("west", "east", "local"), "dark": ("big",)}.items()
        },
    )
    table = PriceTable([listed], free_models=["local"], catalog=catalog)
    assert table.find_deployment("east", on=on) == listed
    west = table.find_deployment("west", on=on)
    assert west is not None
    assert (west.prompt, west.completion) == (1, 3)
    assert table.find_deployment("big", on=on) is None
    local = table.find_deployment("local", on=on)
    assert local is not None
    assert local.completion == 0
    assert table.find("chat", on=on) == listed
    assert table.find("dark", on=on) is None
    assert table.find("big", on=on) == listed
