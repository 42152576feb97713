"""Embeddings, as OpenAI's and Azure's clients ask for them."""

from typing import Any

from litestar import Request, Response, post
from litestar.params import FromPath

from textnlp.api.caller import embeddings_of
from textnlp.api.dependencies import services_of
from textnlp.api.deployment_header import deployment_header
from textnlp.api.hang_up import while_connected
from textnlp.api.openapi import described
from textnlp.api.request_body import read_document
from textnlp.api.schemas.openai_embeddings import EmbeddingCreate, EmbeddingsRead, read_embeddings
from textnlp.api.schemas.openai_error import OpenAIErrorRead
from textnlp.api.time_limit import in_time
from textnlp.application.embed_texts import embed_texts
from textnlp.topology.models import EMBEDDED_EMBEDDINGS
from textnlp.topology.scopes import WRITE

_DESCRIPTION = described(
    grant=WRITE,
    is_generating=True,
    takes_idempotency_key=True,
    body=EmbeddingCreate,
    answer=EmbeddingsRead,
    error=OpenAIErrorRead,
)


@post(
    ["/v1/embeddings", "/openai/v1/embeddings"],
    status_code=200,
    summary="Turn texts into vectors for OpenAI's clients",
    opt=_DESCRIPTION,
)
async def embed(request: Request[Any, Any, Any]) -> Response[Any]:
    """Turn texts into vectors.

    Where the model is an alias of several deployments, `X-TextNLP-Deployment` names the one that answered. The calls
    to the model are cancelled when the caller hangs up.
    """
    return await _embed(request, deployment=None)


@post(
    "/openai/deployments/{deployment:str}/embeddings",
    status_code=200,
    summary="Turn texts into vectors for Azure's clients",
    opt=_DESCRIPTION,
)
async def embed_deployment(request: Request[Any, Any, Any], deployment: FromPath[str]) -> Response[Any]:
    """Do the same with the model named by the path, of whatever `api-version`."""
    return await _embed(request, deployment=deployment)


async def _embed(request: Request[Any, Any, Any], *, deployment: str | None) -> Response[Any]:
    limits = services_of(request.scope).limits
    asked = await read_document(request, EmbeddingCreate, max_bytes=limits.max_request_body_bytes)
    order = asked.order(model=deployment or asked.model or EMBEDDED_EMBEDDINGS.name, limits=limits)
    engine = embeddings_of(request.scope, order.model, route="embeddings")
    answer = await while_connected(
        request,
        in_time(embed_texts(engine, order), timeout_seconds=limits.request_timeout_seconds),
    )
    shown = read_embeddings(answer, encoding_format=asked.encoding_format)
    return Response(shown, headers=deployment_header([answer.deployment]))
