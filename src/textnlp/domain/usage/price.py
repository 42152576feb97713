"""What tokens cost."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from textnlp.domain.generation.model import Usage
from textnlp.domain.routing.model import ModelCatalog

CURRENCY = "USD"
"""The currency of every price, cost and budget."""

_DATED_NAME = re.compile(r"(.+)-(?:\d{4}-\d{2}-\d{2}|\d{8}|\d{6}|\d{4})")
_MILLION_EXPONENT = -6
_ALWAYS = date(1970, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What a model costs from a day on, in USD for a million tokens.

    Attributes:
        model: the name as its provider writes it, with or without the date of a version.
        prompt: tokens of the prompt that were not cached.
        cached_prompt: tokens of the prompt that the provider had cached.
        completion: tokens of the completion, those of reasoning included.
        valid_from: the first day, in UTC, on which the price holds; it holds until the next price of the model.
        source: where the price is published.
    """

    model: str
    prompt: Decimal
    cached_prompt: Decimal
    completion: Decimal
    valid_from: date
    source: str = ""


class PriceTable:
    """Prices by model and day.

    A name that is not listed is looked up without the date of its version: `gpt-4o-mini-2024-07-18` costs what
    `gpt-4o-mini` does. Nothing but a date is taken off, because `gpt-4o-audio-preview` is not priced like `gpt-4o`.
    Models in `free_models`, compared exactly, cost nothing on any day. An alias of `catalog` costs what the dearest of
    its deployments does, so that enough is reserved for whichever answers.
    """

    def __init__(
        self,
        prices: Iterable[Price] = (),
        *,
        free_models: Iterable[str] = (),
        catalog: ModelCatalog | None = None,
    ) -> None:
        self._free_models = frozenset(free_models)
        self._catalog = catalog or ModelCatalog()
        self._prices: dict[str, list[Price]] = {}
        for price in sorted(prices, key=_valid_from, reverse=True):
            self._prices.setdefault(price.model, []).append(price)

    def find(self, model: str, *, on: date) -> Price | None:
        """Return the price of `model` on a day, or None where it is not known."""
        alias = self._catalog.aliases.get(model)
        if alias is not None:
            known_prices = [price for name in alias.deployments if (price := self.find_deployment(name, on=on))]
            return max(known_prices, key=_dearness, default=None)
        if model in self._free_models:
            return _free(model)
        known = self._prices.get(model)
        if known is None and (dated := _DATED_NAME.fullmatch(model)):
            known = self._prices.get(dated.group(1))
        return next((price for price in known or () if price.valid_from <= on), None)

    def find_answered(self, *, asked: str, model: str, deployment: str, on: date) -> Price | None:
        """Return the price of an answer, or None where it is not known.

        It is the price of the deployment that answered, where the model is an alias of several; else that of the model
        that answered, and if that is not listed that of the one asked for.
        """
        if deployment:
            return self.find_deployment(deployment, on=on) or self.find(model, on=on)
        return self.find(model, on=on) or self.find(asked, on=on)

    def find_deployment(self, name: str, *, on: date) -> Price | None:
        """Return the price of a deployment: its own where it has one, else that of the model it stands for."""
        deployment = self._catalog.deployments.get(name)
        if deployment is None:
            return self.find(name, on=on)
        own = deployment.prices
        if own is None:
            return None if deployment.model in self._catalog.aliases else self.find(deployment.model, on=on)
        return Price(
            model=name,
            prompt=own.input,
            cached_prompt=own.cached_input,
            completion=own.output,
            valid_from=_ALWAYS,
        )


def cost_of(usage: Usage, price: Price | None) -> Decimal | None:
    """Return what tokens cost in USD, exactly; None where the price is not known."""
    if price is None:
        return None
    cached_tokens = min(usage.cached_tokens, usage.prompt_tokens)
    millionths = (
        (usage.prompt_tokens - cached_tokens) * price.prompt
        + cached_tokens * price.cached_prompt
        + usage.completion_tokens * price.completion
    )
    return millionths.scaleb(_MILLION_EXPONENT)


def _free(model: str) -> Price:
    nothing = Decimal(0)
    return Price(model=model, prompt=nothing, cached_prompt=nothing, completion=nothing, valid_from=_ALWAYS)


def _dearness(price: Price) -> Decimal:
    return price.prompt + price.completion


def _valid_from(price: Price) -> date:
    return price.valid_from
