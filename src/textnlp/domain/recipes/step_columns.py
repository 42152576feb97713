"""Columns that are worked out, and steps that change the number of rows."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from textnlp.domain.part import PART_CONFIG, Name, Part, Template
from textnlp.domain.validation.checks import Check


class WorkedColumn(BaseModel):
    """What every column that is worked out has."""

    model_config = PART_CONFIG

    when: str | None = None
    """As for other columns."""
    drop: bool = False
    """As for other columns."""


class ExpressionColumn(WorkedColumn):
    """A value worked out from other columns."""

    kind: Literal["expression"]
    value: Template
    """The template; written as `{{ … }}` alone it keeps the type of its value where `type` is json."""
    type: Literal["text", "whole", "number", "boolean", "json"] = "text"
    """What the text is read as."""


class ValidateColumn(WorkedColumn):
    """The findings of checks: `{passed, reasons}`; it does not reject the row."""

    kind: Literal["validate"]
    checks: Annotated[list[Check], Field(min_length=1, max_length=100)]
    """What is looked at."""


class PythonColumn(WorkedColumn):
    """A value from a function that an installed package offers under the entry point group `textnlp.columns`."""

    kind: Literal["python"]
    function: str
    """The name of the entry point; it is called with the row as a dict, and `arguments` by name."""
    inputs: list[Name]
    """The columns that it reads."""
    arguments: dict[str, Any] = {}
    """Handed over as they are."""


class ExpandStep(WorkedColumn):
    """A row for every item of a list; the column holds the item."""

    kind: Literal["expand"]
    column: Name
    """The column with the list."""
    limit: Annotated[int, Field(ge=1, le=10_000)] = 100
    """Items at most; what is beyond is left out."""


class FilterStep(Part):
    """Goes on only with rows for which a condition holds; the others are rejected."""

    kind: Literal["filter"]
    where: str
    """The condition."""


class SubsampleStep(Part):
    """Goes on with some of the rows of each candidate, drawn at random; the others are left out."""

    kind: Literal["subsample"]
    rows: Annotated[int, Field(ge=1)] | None = None
    """So many of a candidate's rows at most."""
    fraction: Annotated[float, Field(gt=0, lt=1)] | None = None
    """In place of it: each with this probability."""
    after: Name
    """The column whose values the rows have by then, usually an expand step."""
