"""The HTTP API as an ASGI application."""

from functools import cache
from typing import Any, cast

import msgspec
from litestar import Litestar, Response, get
from litestar.config.cors import CORSConfig
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler

from textnlp.api.dependencies import Services, services_state
from textnlp.api.doorkeeper import Doorkeeper
from textnlp.api.loopback_guard import LoopbackGuard
from textnlp.api.openapi import openapi_document
from textnlp.api.problems import answer_error, answer_http_exception, answer_surprise
from textnlp.api.request_identity import add_response_headers
from textnlp.api.routes.batch_events import follow
from textnlp.api.routes.batch_files import fetch_file, fetch_output
from textnlp.api.routes.batch_rows import list_rows, stream_errors
from textnlp.api.routes.batches import cancel, list_batches, retry, show_batch, submit_batch
from textnlp.api.routes.generate import generate
from textnlp.api.routes.generations import show_generation
from textnlp.api.routes.health import health, ready
from textnlp.api.routes.identity import discover, fetch_keys, give_token
from textnlp.api.routes.models import list_model_statuses
from textnlp.api.routes.openai_chat import complete_chat, complete_deployment_chat
from textnlp.api.routes.openai_embeddings import embed, embed_deployment
from textnlp.api.routes.openai_models import list_models, show_model
from textnlp.api.routes.usage import list_budgets, remove_budget, set_budget, show_usage
from textnlp.application.batch_intake import BatchIntake
from textnlp.bootstrap import Platform
from textnlp.domain.errors import TextNLPError
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.limits import CrossOrigin, Limits

ROUTES: tuple[HTTPRouteHandler, ...] = (
    health,
    ready,
    discover,
    fetch_keys,
    give_token,
    generate,
    show_generation,
    complete_chat,
    complete_deployment_chat,
    embed,
    embed_deployment,
    list_model_statuses,
    list_models,
    show_model,
    submit_batch,
    list_batches,
    show_batch,
    cancel,
    retry,
    list_rows,
    stream_errors,
    fetch_output,
    fetch_file,
    follow,
    show_usage,
    list_budgets,
    set_budget,
    remove_budget,
)
"""Every route that the OpenAPI document describes."""


def create_app(platform: Platform, *, intake: BatchIntake, limits: Limits = TOPOLOGY.limits) -> Litestar:
    """Make the application over a wired platform; what is uploaded is handed to `intake`, which somebody must run.

    Where the platform has no authenticator it asks for no credentials, and therefore answers only requests that
    were addressed to this machine by this machine, and lets no page of another origin read them;
    `api.binding.require_loopback` keeps its server to that too.
    """
    services = Services(platform=platform, intake=intake, limits=limits)
    is_open = platform.gateway.authenticator is None
    return Litestar(
        [*ROUTES, openapi],
        state=State(services_state(services)),
        middleware=[*([LoopbackGuard()] if is_open else []), _doorkeeper(platform)],
        cors_config=None if is_open else _cross_origin(TOPOLOGY.cross_origin),
        before_send=[add_response_headers],
        exception_handlers={
            TextNLPError: answer_error,
            HTTPException: answer_http_exception,
            Exception: answer_surprise,
        },
        openapi_config=None,
        logging_config=None,
        request_max_body_size=None,
        debug=False,
        pdb_on_exception=False,
    )


def _doorkeeper(platform: Platform) -> Doorkeeper:
    gateway = platform.gateway
    return Doorkeeper(gateway.authenticator, gateway.limiter, clock=platform.clock)


def _cross_origin(declared: CrossOrigin) -> CORSConfig:
    return CORSConfig(
        allow_origins=list(declared.allowed_origins),
        allow_methods=cast("Any", list(declared.allowed_methods)),
        allow_headers=list(declared.allowed_headers),
        allow_credentials=declared.allows_credentials,
        expose_headers=list(declared.exposed_headers),
        max_age=declared.max_age_seconds,
    )


@get("/openapi.json")
async def openapi() -> Response[bytes]:
    """Describe the API for programs, in OpenAPI 3.1."""
    return Response(_document(), media_type="application/vnd.oai.openapi+json")


@cache
def _document() -> bytes:
    document: dict[str, Any] = openapi_document(ROUTES)
    return msgspec.json.encode(document)
