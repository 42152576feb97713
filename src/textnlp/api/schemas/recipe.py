"""Recipes, as they are listed, checked and estimated."""

from typing import Any, ClassVar

import msgspec

from textnlp.api.schemas.dataset import DatasetCreate
from textnlp.bootstrap.ready_recipes import ReadyRecipe
from textnlp.domain.recipes.estimate.band import EstimateBand
from textnlp.domain.recipes.estimate.model import RecipeEstimate


class ReadyRecipeRead(msgspec.Struct, kw_only=True):
    """A recipe of the platform's own; `text` is its file, with the paper that its method is from."""

    name: str
    summary: str
    text: str

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "name": "classification",
        "summary": "Short texts with labels, the same number for every label.",
        "text": "# Short texts with labels\nname: classification\n",
    }


class ReadyRecipeEntry(msgspec.Struct, kw_only=True):
    """A recipe of the platform's own, in a line."""

    name: str
    summary: str


class ReadyRecipeList(msgspec.Struct, kw_only=True):
    """The platform's own recipes, by name."""

    recipes: list[ReadyRecipeEntry]

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "recipes": [{"name": "classification", "summary": "Short texts with labels, the same number for every label."}]
    }


class RecipeSchemaRead(msgspec.Struct, kw_only=True):
    """The JSON Schema (2020-12) that recipes satisfy."""

    schema: dict[str, Any]

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "schema": {"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object"}
    }


class RecipeCheck(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A recipe to be looked at: as an object, or as the text of its file."""

    recipe: dict[str, Any] | str

    EXAMPLE: ClassVar[dict[str, Any]] = {"recipe": DatasetCreate.EXAMPLE["recipe"]}


class RecipeFaultRead(msgspec.Struct, kw_only=True):
    """What is wrong with a recipe, and where: the path of a key, and line and column in the text of a file."""

    message: str
    field: str | None
    line: int | None
    column: int | None


class RecipeCheckRead(msgspec.Struct, kw_only=True):
    """What a recipe comes to.

    Attributes:
        fault: the first thing that is wrong; null for a recipe that can be run.
        fingerprint: tells it from all recipes that make other rows.
        order: its columns in the order in which they are made; those of one list are made at once.
    """

    is_valid: bool
    fault: RecipeFaultRead | None
    fingerprint: str | None
    order: list[list[str]]

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "is_valid": True,
        "fault": None,
        "fingerprint": "1:4be6f1",
        "order": [["product"], ["slogan"]],
    }


class BandRead(msgspec.Struct, kw_only=True):
    """What is expected, and what it is likely to be at least and at most."""

    low: float
    expected: float
    high: float


class ColumnEstimateRead(msgspec.Struct, kw_only=True):
    """What one column takes; `cost` is null where the price of its model is not known."""

    column: str
    model: str
    calls: BandRead
    prompt_tokens: BandRead
    completion_tokens: BandRead
    cost: BandRead | None


class RecipeEstimateRead(msgspec.Struct, kw_only=True):
    """What making a dataset may take; nothing is asked for telling it.

    Attributes:
        cost: US dollars, null where a price is not known.
    """

    rows: int
    candidates: BandRead
    prompt_tokens: BandRead
    completion_tokens: BandRead
    cost: BandRead | None
    seconds: BandRead
    columns: list[ColumnEstimateRead]

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "rows": 20,
        "candidates": {"low": 20.0, "expected": 25.0, "high": 40.0},
        "prompt_tokens": {"low": 300.0, "expected": 400.0, "high": 700.0},
        "completion_tokens": {"low": 200.0, "expected": 500.0, "high": 4000.0},
        "cost": {"low": 0.0, "expected": 0.0, "high": 0.0},
        "seconds": {"low": 2.0, "expected": 8.0, "high": 60.0},
        "columns": [],
    }


def read_ready(ready: ReadyRecipe) -> ReadyRecipeRead:
    """Show a recipe of the platform's own."""
    return ReadyRecipeRead(name=ready.name, summary=ready.summary, text=ready.path.read_text(encoding="utf-8"))


def read_estimate(estimate: RecipeEstimate) -> RecipeEstimateRead:
    """Show an estimate."""
    return RecipeEstimateRead(
        rows=estimate.rows,
        candidates=_band(estimate.candidates),
        prompt_tokens=_band(estimate.prompt_tokens),
        completion_tokens=_band(estimate.completion_tokens),
        cost=None if estimate.cost is None else _band(estimate.cost),
        seconds=_band(estimate.seconds),
        columns=[
            ColumnEstimateRead(
                column=column.key,
                model=column.model,
                calls=_band(column.calls),
                prompt_tokens=_band(column.prompt_tokens),
                completion_tokens=_band(column.completion_tokens),
                cost=None if column.cost is None else _band(column.cost),
            )
            for column in estimate.columns
        ],
    )


def _band(band: EstimateBand) -> BandRead:
    return BandRead(low=band.low, expected=band.expected, high=band.high)
