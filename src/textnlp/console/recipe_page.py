"""The editor of recipes as a page, with what was found out about the recipe in it."""

from typing import Any

from litestar import Request, Response

from textnlp.api.dependencies import services_of
from textnlp.api.schemas.recipe import RecipeFaultRead
from textnlp.api.sent_recipe import check_sent
from textnlp.console.page import page
from textnlp.console.text_excerpt import excerpt

SECTION = "recipes"
MOST_PREVIEWED = 10
"""Candidates of one preview."""


async def editor_page(
    request: Request[Any, Any, Any], text: str, *, filled: dict[str, str] | None = None, **results: Any
) -> Response[str]:
    """Show the editor with a recipe in it; `results` is `estimate` or `preview`, where there is one."""
    platform = services_of(request.scope).platform
    found: dict[str, Any] = {"estimate": None, "preview": None, **results}
    return page(
        request,
        "recipes/edit.html",
        section=SECTION,
        title="Recipe",
        text=text,
        filled=filled or {},
        models=platform.engines.names,
        default_model=platform.default_model,
        most_previewed=MOST_PREVIEWED,
        **await check_facts(request, text),
        **found,
    )


async def check_facts(request: Request[Any, Any, Any], text: str) -> dict[str, Any]:
    """Return what is found when a recipe is looked at."""
    checked = await check_sent(request.scope, text)
    fault = checked.fault
    return {
        "checked": checked,
        "message": "" if fault is None else _without_place(fault),
        "excerpt": excerpt(text, None if fault is None else fault.line),
    }


def _without_place(fault: RecipeFaultRead) -> str:
    """Return what is wrong without where, which is shown beside it."""
    told = fault.message.removeprefix(f"recipe:{fault.line}:{fault.column}: ")
    return told.removeprefix(f"{fault.field}: ")
