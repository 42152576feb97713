"""What this process runs with, and what the platform is: settings without secrets, and the declaration."""

from typing import Any

from litestar import Request, Response, get

from textnlp.api.openapi import described
from textnlp.console.page import page
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.document import as_document
from textnlp.topology.scopes import ADMIN

OPTION = "console_settings"
"""Option of the console's router with the settings as they may be shown."""

_SECTION = "settings"


@get("/console/settings", opt=described(grant=ADMIN))
async def show_settings(request: Request[Any, Any, Any]) -> Response[str]:
    """Show the settings of the process that answers, and the declaration that all processes share."""
    declared = as_document(TOPOLOGY)
    parts = declared.items() if isinstance(declared, dict) else ()
    return page(
        request,
        "settings.html",
        section=_SECTION,
        title="Settings",
        settings=request.route_handler.opt[OPTION],
        declared=sorted(parts),
    )


PAGES = (show_settings,)
