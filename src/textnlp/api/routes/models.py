"""The models and their deployments, with how they are."""

from typing import Any

from litestar import Request, get

from textnlp.api.dependencies import services_of
from textnlp.api.openapi import described
from textnlp.api.schemas.model_status import ModelStatusesRead, read_model
from textnlp.application.show_models import show_models
from textnlp.topology.scopes import READ


@get(
    "/api/v1/models",
    summary="List models and their deployments",
    opt=described(grant=READ, answer=ModelStatusesRead),
)
async def list_model_statuses(request: Request[Any, Any, Any]) -> ModelStatusesRead:
    """List the models that are known by name, the deployments behind each, and what this process knows of them."""
    platform = services_of(request.scope).platform
    found = await show_models(platform.engines, platform.embeddings)
    return ModelStatusesRead(models=[read_model(each, default_model=platform.default_model) for each in found])
