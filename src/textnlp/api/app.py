"""The HTTP API as an ASGI application."""

from collections.abc import Sequence
from functools import cache
from typing import Any, cast

import msgspec
from litestar import Litestar, Response, Router, get
from litestar.config.cors import CORSConfig
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler

from textnlp.api.allowed_methods import methods_handler
from textnlp.api.dependencies import Services, services_state
from textnlp.api.docs_page import read_style, render_docs
from textnlp.api.doorkeeper import Doorkeeper
from textnlp.api.front import NO_FRONT, Front
from textnlp.api.idempotency_guard import IdempotencyGuard
from textnlp.api.loopback_guard import LoopbackGuard
from textnlp.api.openapi_document import openapi_document
from textnlp.api.problems import answer_error, answer_http_exception, answer_surprise
from textnlp.api.request_identity import add_response_headers
from textnlp.api.request_meter import RequestMeter
from textnlp.api.request_tracer import RequestTracer
from textnlp.api.routes.batch_events import follow
from textnlp.api.routes.batch_files import fetch_file, fetch_output
from textnlp.api.routes.batch_rows import list_rows, stream_errors
from textnlp.api.routes.batch_validation import fetch_batch_rejected, show_batch_report, show_batch_validation
from textnlp.api.routes.batches import cancel, list_batches, retry, show_batch, submit_batch
from textnlp.api.routes.dataset_catalog import (
    change_facts,
    delete_dataset_version,
    list_dataset_events,
    list_dataset_versions,
    remove_dataset_tag,
    roll_back,
    show_dataset_facts,
    tag_dataset_version,
)
from textnlp.api.routes.dataset_files import (
    fetch_dataset_file,
    find_dataset_rows,
    list_dataset_rows,
    show_dataset_lineage,
    show_version,
)
from textnlp.api.routes.datasets import (
    cancel_dataset,
    extend,
    follow_run,
    list_datasets,
    pause,
    resume,
    show_dataset,
    submit,
)
from textnlp.api.routes.event_grid import allow_origin, take_events
from textnlp.api.routes.generate import generate
from textnlp.api.routes.generations import show_generation
from textnlp.api.routes.health import health, ready
from textnlp.api.routes.identity import discover, fetch_keys, give_token, take_back_token
from textnlp.api.routes.metrics import show_metrics
from textnlp.api.routes.model_registry import list_registered_models, promote_model
from textnlp.api.routes.models import list_model_statuses
from textnlp.api.routes.openai_batches import cancel_batch_job, create_batch_job, list_batch_jobs, show_batch_job
from textnlp.api.routes.openai_chat import complete_chat, complete_deployment_chat
from textnlp.api.routes.openai_embeddings import embed, embed_deployment
from textnlp.api.routes.openai_files import delete_file, fetch_content, list_files, show_file, upload_file
from textnlp.api.routes.openai_models import list_models, show_model
from textnlp.api.routes.recipes import check, estimate, list_recipes, show_recipe, show_recipe_schema
from textnlp.api.routes.review_items import (
    answer_item,
    comment_on_item,
    decide_item,
    lend_next,
    list_items,
    skip_item,
)
from textnlp.api.routes.review_reports import export_review, keep_export, show_agreement, show_calibration
from textnlp.api.routes.reviews import create_review, list_reviews, remove_review, show_review
from textnlp.api.routes.sign_in import answer_program, ask_person, fetch_style
from textnlp.api.routes.telemetry import show_telemetry_figures
from textnlp.api.routes.templates import (
    create,
    list_templates,
    render,
    run_tests,
    show_template,
    show_template_version,
)
from textnlp.api.routes.usage import list_budgets, remove_budget, set_budget, show_usage
from textnlp.api.routes.validation import validate
from textnlp.api.routes.validations import create_validation, fetch_validation_file, show_report, show_validation
from textnlp.api.routes.webhook_deliveries import list_deliveries, redeliver, send_test
from textnlp.api.routes.webhooks import change, list_webhooks, register, remove_webhook, rotate_secret, show_webhook
from textnlp.application.batch_intake import BatchIntake
from textnlp.bootstrap.platform import Platform
from textnlp.domain.errors import TextNLPError
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.limits import CrossOrigin, Limits

ROUTES: tuple[HTTPRouteHandler, ...] = (
    health,
    ready,
    show_metrics,
    discover,
    fetch_keys,
    give_token,
    take_back_token,
    ask_person,
    answer_program,
    fetch_style,
    generate,
    show_generation,
    complete_chat,
    complete_deployment_chat,
    embed,
    embed_deployment,
    list_model_statuses,
    list_registered_models,
    promote_model,
    list_models,
    show_model,
    upload_file,
    list_files,
    show_file,
    delete_file,
    fetch_content,
    create_batch_job,
    list_batch_jobs,
    show_batch_job,
    cancel_batch_job,
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
    show_batch_validation,
    show_batch_report,
    fetch_batch_rejected,
    create,
    list_templates,
    show_template,
    show_template_version,
    render,
    run_tests,
    show_usage,
    list_budgets,
    set_budget,
    remove_budget,
    show_telemetry_figures,
    register,
    list_webhooks,
    show_webhook,
    change,
    remove_webhook,
    rotate_secret,
    send_test,
    list_deliveries,
    redeliver,
    create_review,
    list_reviews,
    show_review,
    remove_review,
    lend_next,
    answer_item,
    skip_item,
    comment_on_item,
    list_items,
    decide_item,
    show_agreement,
    show_calibration,
    export_review,
    keep_export,
    submit,
    list_datasets,
    show_dataset,
    follow_run,
    pause,
    resume,
    cancel_dataset,
    extend,
    show_dataset_facts,
    change_facts,
    tag_dataset_version,
    remove_dataset_tag,
    roll_back,
    list_dataset_events,
    find_dataset_rows,
    list_dataset_versions,
    show_version,
    delete_dataset_version,
    show_dataset_lineage,
    list_dataset_rows,
    fetch_dataset_file,
    validate,
    create_validation,
    show_validation,
    show_report,
    fetch_validation_file,
    list_recipes,
    show_recipe_schema,
    show_recipe,
    check,
    estimate,
)
"""Every route that the OpenAPI document describes."""


def create_app(
    platform: Platform,
    *,
    intake: BatchIntake,
    limits: Limits = TOPOLOGY.limits,
    pages: Sequence[Router] = (),
    front: Front = NO_FRONT,
) -> Litestar:
    """Make the application over a wired platform; what is uploaded is handed to `intake`, which somebody must run.

    `pages` are served beside the API, behind the same doorkeeper; `front` stands before it.

    Where the platform has no authenticator it asks for no credentials, and therefore answers only requests that
    were addressed to this machine by this machine, and lets no page of another origin read them;
    `api.binding.require_loopback` keeps its server to that too.
    """
    services = Services(platform=platform, intake=intake, limits=limits)
    is_open = platform.gateway.authenticator is None
    guard = IdempotencyGuard(platform.gateway.answers, limits=limits)
    handlers = [*ROUTES, openapi, docs, docs_style]
    app = Litestar(
        [methods_handler(handlers), *handlers, allow_origin, take_events, *pages],
        state=State(services_state(services)),
        middleware=[*([LoopbackGuard()] if is_open else []), *front.middleware, _doorkeeper(platform), guard],
        cors_config=None if is_open else _cross_origin(TOPOLOGY.cross_origin),
        before_send=[add_response_headers, *front.before_send],
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
    if platform.tracer.is_on:
        app.asgi_handler = RequestTracer(app.asgi_handler, tracer=platform.tracer)
    app.asgi_handler = RequestMeter(app.asgi_handler, meter=platform.meter, clock=platform.clock)
    return app


def _doorkeeper(platform: Platform) -> Doorkeeper:
    gateway = platform.gateway
    return Doorkeeper(
        gateway.authenticator,
        gateway.limiter,
        clock=platform.clock,
        meter=platform.meter,
        guesses=gateway.guesses,
    )


def _cross_origin(declared: CrossOrigin) -> CORSConfig:
    return CORSConfig(
        allow_origins=list(declared.allowed_origins),
        allow_methods=cast("Any", list(declared.allowed_methods)),
        allow_headers=list(declared.allowed_headers),
        allow_credentials=declared.allows_credentials,
        expose_headers=list(declared.exposed_headers),
        max_age=declared.max_age_seconds,
    )


@get("/openapi.json", sync_to_thread=True)
def openapi() -> Response[bytes]:
    """Describe the API for programs, in OpenAPI 3.1."""
    return Response(_encoded_document(), media_type="application/vnd.oai.openapi+json")


@get("/docs", sync_to_thread=True)
def docs() -> Response[bytes]:
    """Describe the API for people, on a page that needs nothing from elsewhere."""
    return Response(_page(), media_type="text/html")


@get("/docs/style.css", sync_to_thread=True)
def docs_style() -> Response[bytes]:
    """Give the style of that page."""
    return Response(read_style(), media_type="text/css", headers={"Cache-Control": "max-age=300"})


@cache
def _document() -> dict[str, Any]:
    return openapi_document(ROUTES)


@cache
def _encoded_document() -> bytes:
    return msgspec.json.encode(_document())


@cache
def _page() -> bytes:
    return render_docs(_document())
