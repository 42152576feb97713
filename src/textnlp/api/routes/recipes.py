"""Recipes: the platform's own, their form, and what a recipe would come to."""

from http import HTTPStatus
from typing import Any

from litestar import Request, get, post
from litestar.params import FromPath

from textnlp.api.dependencies import services_of
from textnlp.api.openapi import described
from textnlp.api.request_body import read_document
from textnlp.api.schemas.dataset import DatasetCreate
from textnlp.api.schemas.recipe import (
    ReadyRecipeEntry,
    ReadyRecipeList,
    ReadyRecipeRead,
    RecipeCheck,
    RecipeCheckRead,
    RecipeEstimateRead,
    RecipeSchemaRead,
    read_estimate,
    read_ready,
)
from textnlp.api.sent_recipe import check_sent, estimate_sent
from textnlp.bootstrap.ready_recipes import find_ready_recipe, ready_recipes, recipe_schema
from textnlp.domain.errors import ErrorKind
from textnlp.topology.scopes import READ

RECIPES = "/api/v1/recipes"


@get(RECIPES, summary="List recipes", opt=described(grant=READ, answer=ReadyRecipeList))
async def list_recipes(request: Request[Any, Any, Any]) -> ReadyRecipeList:  # noqa: ARG001  the handler's form
    """List the platform's own recipes, by name."""
    return ReadyRecipeList(
        recipes=[ReadyRecipeEntry(name=ready.name, summary=ready.summary) for ready in ready_recipes()]
    )


@get(
    f"{RECIPES}/schema",
    summary="Show the schema of recipes",
    opt=described(operation="show_recipe_schema", grant=READ, answer=RecipeSchemaRead),
)
async def show_recipe_schema(request: Request[Any, Any, Any]) -> RecipeSchemaRead:  # noqa: ARG001  the handler's form
    """Answer with the JSON Schema that recipes satisfy, for editors and programs."""
    return RecipeSchemaRead(schema=recipe_schema())


@get(f"{RECIPES}/{{recipe:str}}", summary="Show a recipe", opt=described(grant=READ, answer=ReadyRecipeRead))
async def show_recipe(request: Request[Any, Any, Any], recipe: FromPath[str]) -> ReadyRecipeRead:  # noqa: ARG001  as above
    """Show one of the platform's own recipes, as its file has it."""
    return read_ready(find_ready_recipe(recipe))


@post(
    f"{RECIPES}/check",
    status_code=HTTPStatus.OK,
    summary="Check a recipe",
    opt=described(operation="check_recipe", grant=READ, body=RecipeCheck, answer=RecipeCheckRead),
)
async def check(request: Request[Any, Any, Any]) -> RecipeCheckRead:
    """Look at a recipe, and tell the order of its columns or the first thing that is wrong; no model is asked."""
    services = services_of(request.scope)
    asked = await read_document(request, RecipeCheck, max_bytes=services.limits.max_request_body_bytes)
    return await check_sent(request.scope, asked.recipe)


@post(
    f"{RECIPES}/estimate",
    status_code=HTTPStatus.OK,
    summary="Estimate a recipe",
    opt=described(
        operation="estimate_recipe",
        grant=READ,
        body=RecipeCheck,
        answer=RecipeEstimateRead,
        raises=(ErrorKind.NOT_FOUND,),
    ),
)
async def estimate(request: Request[Any, Any, Any]) -> RecipeEstimateRead:
    """Tell what tokens, money and time the rows of a recipe may take; no model is asked."""
    services = services_of(request.scope)
    asked = await read_document(request, RecipeCheck, max_bytes=services.limits.max_request_body_bytes)
    return read_estimate(await estimate_sent(request.scope, DatasetCreate(recipe=asked.recipe)))
