"""Which methods a path takes, for whoever asks with OPTIONS."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from litestar import Request, Response
from litestar.enums import HttpMethod
from litestar.handlers import HTTPRouteHandler


def methods_handler(handlers: Sequence[HTTPRouteHandler]) -> HTTPRouteHandler:
    """Return the handler that answers OPTIONS for the paths of `handlers`, with their methods in `Allow`.

    The framework's own names only those of the handler that was registered first, where a path has several. This one
    has to be registered before them.
    """
    paths = sorted({path for handler in handlers for path in handler.paths})
    decorate = HTTPRouteHandler(
        paths,
        http_method=HttpMethod.OPTIONS,
        status_code=HTTPStatus.NO_CONTENT,
        include_in_schema=False,
    )
    return decorate(_list_methods)


async def _list_methods(request: Request[Any, Any, Any]) -> Response[None]:
    template = request.scope["path_template"]
    route = next(route for route in request.app.routes if route.path_format == template)
    headers = {"Allow": ", ".join(sorted(route.methods))}
    return Response(None, status_code=HTTPStatus.NO_CONTENT, headers=headers)
