"""What this process counts, for Prometheus."""

from typing import Any

from litestar import Request, Response, get

from textnlp.api.dependencies import services_of
from textnlp.api.openapi import described

_EXAMPLE = (
    "# HELP http_server_active_requests requests that are being answered\n"
    "# TYPE http_server_active_requests gauge\n"
    "http_server_active_requests 1.0\n"
)


@get(
    "/metrics", summary="Show what this process counts", opt=described(media_type="text/plain", media_example=_EXAMPLE)
)
async def show_metrics(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Answer with every metric of this process in Prometheus' text format.

    It names no tenant and no caller, so that it needs no credentials. Each process of a platform has a page of its own.
    """
    page = services_of(request.scope).platform.meter.page()
    return Response(page.content, headers={"Content-Type": page.media_type, "Cache-Control": "no-store"})
