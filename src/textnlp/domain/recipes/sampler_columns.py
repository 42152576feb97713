"""Columns whose values are drawn, without asking a model."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, model_validator

from textnlp.domain.part import PART_CONFIG, Name, Scalar

MAX_VALUES = 100_000
Values = Annotated[list[Scalar], Field(min_length=1, max_length=MAX_VALUES)]
Weights = list[Annotated[float, Field(ge=0)]]
TimeUnit = Literal["days", "hours", "minutes", "seconds"]
Decimals = Annotated[int, Field(ge=0, le=12)]


class SamplerColumn(BaseModel):
    """A drawn column; `when` and `drop` as for all columns."""

    model_config = PART_CONFIG

    when: str | None = None
    """A condition over other columns; where it does not hold, the value is null."""
    drop: bool = False
    """Leave the column out of the dataset; other columns may still refer to it."""


class CategoryColumn(SamplerColumn):
    """One of some values."""

    kind: Literal["category"]
    values: Values
    """What it may be."""
    weights: Weights | None = None
    """How often each comes, relative to the others; all alike where left out."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        _require_weights(self.weights, self.values)
        return self


class SubcategoryColumn(SamplerColumn):
    """One of some values that depend on the value of another column."""

    kind: Literal["subcategory"]
    of: Name
    """The column that it depends on."""
    values: dict[str, Values]
    """What it may be, for each value of that column, written as text."""
    weights: dict[str, Weights] | None = None
    """As for a category."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        for key, weights in (self.weights or {}).items():
            if key not in self.values:
                raise ValueError(f"weights are given for {key!r}, which has no values")
            _require_weights(weights, self.values[key])
        return self


class UniformColumn(SamplerColumn):
    """A number between two bounds, each as likely as another."""

    kind: Literal["uniform"]
    low: float
    """Lower bound."""
    high: float
    """Upper bound, above the lower one; a whole number may reach it."""
    decimals: Decimals | None = None
    """Places after the point; 0 gives whole numbers."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.high <= self.low:
            raise ValueError("high must be above low")
        return self


class GaussianColumn(SamplerColumn):
    """A number from a normal distribution, drawn again while it is outside the bounds."""

    kind: Literal["gaussian"]
    mean: float
    """The mean."""
    deviation: Annotated[float, Field(gt=0)]
    """The standard deviation."""
    low: float | None = None
    """Lower bound."""
    high: float | None = None
    """Upper bound."""
    decimals: Decimals | None = None
    """Places after the point; 0 gives whole numbers."""


class PoissonColumn(SamplerColumn):
    """A count of rare events."""

    kind: Literal["poisson"]
    mean: Annotated[float, Field(gt=0, le=1e9)]
    """The mean."""


class BernoulliColumn(SamplerColumn):
    """True or false."""

    kind: Literal["bernoulli"]
    probability: Annotated[float, Field(ge=0, le=1)]
    """How often it is true."""


class ZipfColumn(SamplerColumn):
    """One of some values whose frequency falls with their rank, as words' does in a text."""

    kind: Literal["zipf"]
    exponent: Annotated[float, Field(gt=0, le=10)] = 1.0
    """How fast it falls: the value at rank r comes with weight 1 / r ** exponent."""
    values: Values | None = None
    """The values by rank, the most frequent first."""
    size: Annotated[int, Field(ge=1, le=MAX_VALUES)] | None = None
    """In place of values: ranks from 1 to here."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.values is None) == (self.size is None):
            raise ValueError("give either values or size")
        return self


class DatetimeColumn(SamplerColumn):
    """A moment between two, in ISO 8601."""

    kind: Literal["datetime"]
    start: datetime
    """Earliest."""
    end: datetime
    """Latest, itself left out."""
    unit: TimeUnit = "seconds"
    """Everything finer is zero; `days` gives dates without a time."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.start.tzinfo is None) != (self.end.tzinfo is None):
            raise ValueError("start and end must both have a time zone, or neither")
        if self.end <= self.start:
            raise ValueError("end must be after start")
        return self


class TimedeltaColumn(SamplerColumn):
    """A moment some time after another column's."""

    kind: Literal["timedelta"]
    after: Name
    """The column with the moment; a datetime or another timedelta."""
    low: float
    """Least time between, in `unit`; may be below zero."""
    high: float
    """Most time between."""
    unit: TimeUnit = "days"
    """What low and high are counted in, and everything finer is zero."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.high <= self.low:
            raise ValueError("high must be above low")
        return self


class UuidColumn(SamplerColumn):
    """A random UUID (version 4), the same for the same row of the same run."""

    kind: Literal["uuid"]
    prefix: Annotated[str, Field(max_length=64)] = ""
    """Stands before it."""


class PersonColumn(SamplerColumn):
    """A made-up person: an object with name, age, place, occupation, e-mail and telephone number of nobody's."""

    kind: Literal["person", "persona"]
    """`persona` adds character, interests and a description in a few sentences."""
    locale: str | Annotated[list[str], Field(min_length=1)] = "en_US"
    """One locale or several, each as often as the others."""
    sex: Literal["female", "male"] | None = None
    """Both where left out."""
    min_age: Annotated[int, Field(ge=0, le=110)] = 18
    """Years."""
    max_age: Annotated[int, Field(ge=0, le=110)] = 90
    """Years."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.max_age < self.min_age:
            raise ValueError("max_age must not be below min_age")
        return self


class PickColumn(SamplerColumn):
    """An item of a list: of another column's, or of a file's lines."""

    kind: Literal["pick"]
    column: Name | None = None
    """A column whose value is a list."""
    file: str | None = None
    """A text file, an item a line, beside the recipe."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.column is None) == (self.file is None):
            raise ValueError("give either column or file")
        return self


class QuotaColumn(SamplerColumn):
    """A combination of factors' values, with so many accepted rows for each combination.

    The value is an object with a value a factor. Combinations make up a covering design: every combination of
    `strength` factors' values occurs in some cell, and all cells get the same number of rows, or their share.
    """

    kind: Literal["quota"]
    factors: dict[Name, Values]
    """What each factor may be."""
    strength: Annotated[int, Field(ge=1)] | None = None
    """Factors of which all combinations are covered; all factors where left out, which is every combination."""
    shares: dict[Name, dict[str, Annotated[float, Field(ge=0)]]] = {}
    """For a factor, how often each of its values (as text) is wanted, relative to the others."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if not self.factors:
            raise ValueError("factors must not be empty")
        if self.strength is not None and self.strength > len(self.factors):
            raise ValueError("strength must not be above the number of factors")
        for factor, shares in self.shares.items():
            unknown = set(shares) - {str(value) for value in self.factors.get(factor, [])}
            if factor not in self.factors or unknown:
                raise ValueError(f"shares of {factor!r} name what is no factor or none of its values")
        return self


def _require_weights(weights: Weights | None, values: list[Scalar]) -> None:
    if weights is not None and len(weights) != len(values):
        raise ValueError(f"there are {len(weights)} weights for {len(values)} values")
    if weights is not None and not sum(weights) > 0:
        raise ValueError("some weight must be above 0")
