"""The playground: something to ask, and who is to answer it; and what else can be made of it."""

from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Request, Response, get, post

from textnlp.api.caller import templates_of
from textnlp.api.dependencies import services_of
from textnlp.api.generation_order import order_of
from textnlp.api.openapi import described
from textnlp.console.conversation_text import prompt_line
from textnlp.console.page import fragment, page
from textnlp.console.playground_form import read_try
from textnlp.console.prompt_recipe import recipe_text
from textnlp.console.query import read_filters, read_texts
from textnlp.console.recipe_page import editor_page
from textnlp.console.template_values import PREFIX
from textnlp.domain.templates.compiled import CompiledTemplate
from textnlp.domain.templates.reference import parse_reference
from textnlp.topology.scopes import WRITE

PLAYGROUND = "/console/playground"
SECTION = "playground"
_MOST_TEMPLATES = 200


class Beginning(msgspec.Struct, kw_only=True):
    """What the form begins with: a model, or a stored template by its reference."""

    model: str | None = None
    template: str | None = None


@get(PLAYGROUND, opt=described(grant=WRITE))
async def show_playground(request: Request[Any, Any, Any]) -> Response[str]:
    """Show the form."""
    begun: dict[str, str] = msgspec.to_builtins(read_filters(request, Beginning))
    filled = {name: value for name, value in begun.items() if value}
    return page(request, "playground/show.html", **await form_facts(request, filled), answers=[], snippets=None)


@get(f"{PLAYGROUND}/variables", opt=described(grant=WRITE))
async def show_variables(request: Request[Any, Any, Any]) -> Response[str]:
    """Show the fields for the variables of a template."""
    reference = read_filters(request, Beginning).template
    return fragment(
        request, "playground/variables.html", variables=await _variables(request, reference), filled={}, prefix=PREFIX
    )


@post(f"{PLAYGROUND}/batch", opt=described(grant=WRITE))
async def make_batch(request: Request[Any, Any, Any]) -> Response[str]:
    """Show the form for a batch, with what was asked as its one prompt."""
    tried = read_try(await read_texts(request))
    order = await order_of(request, tried.asked(tried.models[0]))
    platform = services_of(request.scope).platform
    return page(
        request,
        "batches/submit.html",
        section="batches",
        title="Submit a batch",
        models=platform.engines.names,
        default_model=platform.default_model,
        filled={**tried.filled, "prompts": prompt_line(order.messages)},
    )


@post(f"{PLAYGROUND}/recipe", opt=described(grant=WRITE))
async def make_recipe(request: Request[Any, Any, Any]) -> Response[str]:
    """Show the editor with a recipe that asks the same for every row."""
    tried = read_try(await read_texts(request))
    order = await order_of(request, tried.asked(tried.models[0]))
    return await editor_page(request, recipe_text(tried, order.messages))


async def form_facts(request: Request[Any, Any, Any], filled: Mapping[str, str]) -> dict[str, Any]:
    """Return what the page of the playground shows around the answers."""
    platform = services_of(request.scope).platform
    templates = await templates_of(request.scope).page(limit=_MOST_TEMPLATES)
    return {
        "section": SECTION,
        "title": "Playground",
        "models": platform.engines.names,
        "default_model": platform.default_model,
        "templates": [str(each.reference) for each in templates],
        "variables": await _variables(request, filled.get("template")),
        "filled": filled,
        "prefix": PREFIX,
    }


async def _variables(request: Request[Any, Any, Any], reference: str | None) -> list[str]:
    if reference is None:
        return []
    template = await templates_of(request.scope).get(parse_reference(reference))
    return sorted(CompiledTemplate(template).variables)


PAGES = (show_playground, show_variables, make_batch, make_recipe)
