"""What every part of a recipe has in common."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from textnlp.domain.templates.template import MAX_TEMPLATE_CHARACTERS

NAME_PATTERN = r"^[A-Za-z][A-Za-z0-9_]{0,63}$"
MAX_COLUMNS = 256

Name = Annotated[str, Field(pattern=NAME_PATTERN)]
"""The name of a column, an alias or a check: a letter, then letters, digits and underscores, 64 at most."""

Template = Annotated[str, Field(max_length=MAX_TEMPLATE_CHARACTERS)]
"""A text in which `{{ column }}` stands for the row's value; Jinja without anything that could reach outside."""

Scalar = str | int | float | bool | None
"""A single JSON value."""

JsonSchema = dict[str, Any]
"""A JSON Schema (2020-12)."""


PART_CONFIG = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)
"""Of every part of a recipe: frozen, and refusing what it does not know."""


class Part(BaseModel):
    """A part of a recipe."""

    model_config = PART_CONFIG
