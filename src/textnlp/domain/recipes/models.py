"""Which models a recipe asks, and how."""

from typing import Annotated, Literal

from pydantic import Field

from textnlp.domain.part import Part


class UniformSpread(Part):
    """A parameter drawn evenly between two bounds, anew for every call."""

    uniform: tuple[float, float]
    """Lower and upper bound."""


class GaussianSpread(Part):
    """A parameter drawn from a normal distribution, cut to what the parameter may be."""

    gaussian: tuple[float, float]
    """Mean and standard deviation."""


class ChoiceSpread(Part):
    """A parameter that takes one of some values, each as often as the others."""

    choice: Annotated[list[float], Field(min_length=1, max_length=1_000)]
    """The values."""


Spread = UniformSpread | GaussianSpread | ChoiceSpread
"""A distribution that a parameter is drawn from."""


class Route(Part):
    """Online calls, or the provider's batch at half the price and within a day."""

    executor: Literal["auto", "online", "batch"] = "auto"
    """`auto` chooses by deadline and budget and says why."""
    deadline_seconds: Annotated[float, Field(gt=0)] | None = None
    """When the rows are needed, from the start of the run."""
    budget: Annotated[float, Field(ge=0)] | None = None
    """US dollars that the calls may cost."""


class ModelAlias(Part):
    """A model under the name that columns use, with the parameters of its calls."""

    model: str | None = None
    """Its name at the provider, or an alias of the models file; the default model where it is left out."""
    temperature: Annotated[float, Field(ge=0, le=2)] | Spread | None = None
    """0 to 2, or a distribution."""
    top_p: Annotated[float, Field(gt=0, le=1)] | Spread | None = None
    """Above 0, at most 1, or a distribution."""
    max_tokens: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    """Completion tokens at most."""
    frequency_penalty: Annotated[float, Field(ge=-2, le=2)] | Spread | None = None
    """-2 to 2, or a distribution."""
    presence_penalty: Annotated[float, Field(ge=-2, le=2)] | Spread | None = None
    """-2 to 2, or a distribution."""
    stop: Annotated[list[str], Field(max_length=4)] = []
    """Texts at which a completion ends."""
    timeout_seconds: Annotated[float, Field(gt=0, le=3_600)] = 120.0
    """How long one call may take; not part of the fingerprint."""
    route: Route = Route()
    """How its calls reach the provider."""
