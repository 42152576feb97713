"""What the platform is at, for its administrators."""

from typing import Any

from litestar import Request, get

from textnlp.api.dependencies import services_of
from textnlp.api.openapi import described
from textnlp.api.schemas.telemetry import FiguresRead, read_figures
from textnlp.application.show_figures import show_figures
from textnlp.topology.scopes import ADMIN


@get(
    "/api/v1/telemetry/figures",
    summary="Show what the platform is at",
    opt=described(grant=ADMIN, answer=FiguresRead),
)
async def show_telemetry_figures(request: Request[Any, Any, Any]) -> FiguresRead:
    """Show the figures of the last seconds, of all processes that keep telemetry, and the batches under way."""
    platform = services_of(request.scope).platform
    ports = platform.telemetry_ports
    view = await show_figures(ports.reader, platform.batch_ports.ledger, clock=platform.clock)
    return read_figures(view)
