# Made from the OpenAPI document. To renew: make reference
"""The operations around recipes, and the models."""

from typing import Any

import msgspec

from textnlp.client.async_transport import AsyncTransport
from textnlp.client.call import Call, segment
from textnlp.client.transport import Transport


class BandRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What is expected, and what it is likely to be at least and at most."""

    low: float
    expected: float
    high: float


class ColumnEstimateRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What one column takes; `cost` is null where the price of its model is not known."""

    column: str
    model: str
    calls: BandRead
    prompt_tokens: BandRead
    completion_tokens: BandRead
    cost: BandRead | None


class ReadyRecipeEntry(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A recipe of the platform's own, in a line."""

    name: str
    summary: str


class ReadyRecipeList(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The platform's own recipes, by name."""

    recipes: list[ReadyRecipeEntry]


class ReadyRecipeRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A recipe of the platform's own; `text` is its file, with the paper that its method is from."""

    name: str
    summary: str
    text: str


class RecipeCheck(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A recipe to be looked at: as an object, or as the text of its file."""

    recipe: dict[str, Any] | str


class RecipeFaultRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What is wrong with a recipe, and where: the path of a key, and line and column in the text of a file."""

    message: str
    field: str | None
    line: int | None
    column: int | None


class RecipeCheckRead(msgspec.Struct, kw_only=True, omit_defaults=True):
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


class RecipeEstimateRead(msgspec.Struct, kw_only=True, omit_defaults=True):
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


class RecipeSchemaRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The JSON Schema (2020-12) that recipes satisfy."""

    schema: dict[str, Any]


class Recipes:
    """The operations around recipes, one call at a time."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(self) -> ReadyRecipeList:
        """List the platform's own recipes, by name."""
        return self._transport.decoded(_list(), ReadyRecipeList)

    def show_schema(self) -> RecipeSchemaRead:
        """Answer with the JSON Schema that recipes satisfy, for editors and programs."""
        return self._transport.decoded(_show_schema(), RecipeSchemaRead)

    def show(self, recipe: str) -> ReadyRecipeRead:
        """Show one of the platform's own recipes, as its file has it."""
        return self._transport.decoded(_show(recipe), ReadyRecipeRead)

    def check(self, body: RecipeCheck) -> RecipeCheckRead:
        """Look at a recipe, and tell the order of its columns or the first thing that is wrong; no model is asked."""
        return self._transport.decoded(_check(body), RecipeCheckRead)

    def estimate(self, body: RecipeCheck) -> RecipeEstimateRead:
        """Tell what tokens, money and time the rows of a recipe may take; no model is asked."""
        return self._transport.decoded(_estimate(body), RecipeEstimateRead)


class AsyncRecipes:
    """The operations around recipes, while others work."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def list(self) -> ReadyRecipeList:
        """List the platform's own recipes, by name."""
        return await self._transport.decoded(_list(), ReadyRecipeList)

    async def show_schema(self) -> RecipeSchemaRead:
        """Answer with the JSON Schema that recipes satisfy, for editors and programs."""
        return await self._transport.decoded(_show_schema(), RecipeSchemaRead)

    async def show(self, recipe: str) -> ReadyRecipeRead:
        """Show one of the platform's own recipes, as its file has it."""
        return await self._transport.decoded(_show(recipe), ReadyRecipeRead)

    async def check(self, body: RecipeCheck) -> RecipeCheckRead:
        """Look at a recipe, and tell the order of its columns or the first thing that is wrong; no model is asked."""
        return await self._transport.decoded(_check(body), RecipeCheckRead)

    async def estimate(self, body: RecipeCheck) -> RecipeEstimateRead:
        """Tell what tokens, money and time the rows of a recipe may take; no model is asked."""
        return await self._transport.decoded(_estimate(body), RecipeEstimateRead)


def _list() -> Call:
    return Call(method="GET", path="/api/v1/recipes")


def _show_schema() -> Call:
    return Call(method="GET", path="/api/v1/recipes/schema")


def _show(recipe: str) -> Call:
    return Call(method="GET", path=f"/api/v1/recipes/{segment(recipe)}")


def _check(body: RecipeCheck) -> Call:
    return Call(method="POST", path="/api/v1/recipes/check", body=body)


def _estimate(body: RecipeCheck) -> Call:
    return Call(method="POST", path="/api/v1/recipes/estimate", body=body)
