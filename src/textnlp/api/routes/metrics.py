"""What this process counts, for Prometheus."""

from typing import Any

from litestar import Request, Response, get

from textnlp.api.dependencies import services_of
from textnlp.api.openapi import described


@get("/metrics", summary="Show what this process counts", opt=described(media_type="text/plain"))
async def show_metrics(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Answer with every metric of this process in Prometheus' text format.

    It names no tenant and no caller, so that it needs no credentials. Each process of a platform has a page of its own.
    """
    page = services_of(request.scope).platform.meter.page()
    return Response(page.content, media_type=page.media_type, headers={"Cache-Control": "no-store"})
