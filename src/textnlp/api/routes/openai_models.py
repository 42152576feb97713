"""The models, as OpenAI's clients ask for them."""

from pathlib import Path
from typing import Any

from litestar import Request, get
from litestar.params import FromPath

from textnlp.api.dependencies import services_of
from textnlp.api.openapi import described
from textnlp.api.schemas.openai_error import OpenAIErrorRead
from textnlp.api.schemas.openai_models import ModelRead, ModelsRead
from textnlp.topology.scopes import READ


@get(
    ["/v1/models", "/openai/v1/models", "/openai/models"],
    summary="List models for OpenAI's clients",
    opt=described(grant=READ, answer=ModelsRead, error=OpenAIErrorRead),
)
async def list_models(request: Request[Any, Any, Any]) -> ModelsRead:
    """List the models that are known by name, the default one among them."""
    platform = services_of(request.scope).platform
    names = sorted({*platform.engines.names, *platform.embeddings.names, platform.default_model})
    return ModelsRead(data=[ModelRead(id=name) for name in names])


@get(
    ["/v1/models/{model:path}", "/openai/v1/models/{model:path}", "/openai/models/{model:path}"],
    summary="Show a model to OpenAI's clients",
    opt=described(grant=READ, answer=ModelRead, error=OpenAIErrorRead),
)
async def show_model(request: Request[Any, Any, Any], model: FromPath[Path]) -> ModelRead:
    """Show a model that can be asked.

    Where an endpoint answers for names that are not listed, every name is shown: which it knows, it says when asked.
    """
    name = str(model).lstrip("/")
    platform = services_of(request.scope).platform
    if name not in platform.embeddings.names:
        platform.engines.require(name)
    return ModelRead(id=name)
