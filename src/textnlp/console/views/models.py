"""Models: who answers for each and how they are, the versions that are kept, and what was tuned."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath

from textnlp.api.dependencies import services_of
from textnlp.api.openapi import described
from textnlp.application.model_registry import ModelRegistry
from textnlp.application.show_models import DeploymentStatus, show_models
from textnlp.application.tuning_records import TuningRecords
from textnlp.console.engine_latency import Latency, latencies
from textnlp.console.page import page, send_on
from textnlp.console.query import read_filled_in
from textnlp.console.retirements import version_of
from textnlp.domain.registry.model import ModelStage
from textnlp.domain.usage.price import Price
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.scopes import ADMIN, READ

_MODELS = "/console/models"
_SECTION = "models"


class Promotion(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Where a version goes."""

    stage: ModelStage


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentRow:
    """A deployment with what is known of it here.

    Attributes:
        retires_on: first day on which it may be gone, None where none is published.
        retires_soon: that day is near enough to be reported.
    """

    status: DeploymentStatus
    latency: Latency
    price: Price | None
    retires_on: date | None
    retires_soon: bool


@get(_MODELS, opt=described(grant=READ))
async def list_models(request: Request[Any, Any, Any]) -> Response[str]:
    """Show every model with its deployments, and the versions that are kept."""
    services = services_of(request.scope)
    platform = services.platform
    found = await show_models(platform.engines, platform.embeddings)
    measured = latencies(platform.meter.page())
    rows = [
        (model, [_row(request, each, measured.get(each.name, Latency())) for each in model.deployments])
        for model in found
    ]
    blobs = services.batch_ports.blobs
    return page(
        request,
        "models/list.html",
        section=_SECTION,
        title="Models",
        models=rows,
        default_model=platform.default_model,
        takes_any=platform.engines.accepts_any_name,
        registered=await ModelRegistry(blobs, clock=platform.clock).models(),
        stages=list(ModelStage),
        tunings=[kept.record for kept in await TuningRecords(blobs).all()],
    )


@post(f"{_MODELS}/registry/{{name:str}}/{{version:int}}/promote", opt=described(grant=ADMIN))
async def promote(request: Request[Any, Any, Any], name: FromPath[str], version: FromPath[int]) -> Response[Any]:
    """Let a version of a model go to a stage, once its files were found to be what was registered."""
    stage = (await read_filled_in(request, Promotion)).stage
    services = services_of(request.scope)
    registry = ModelRegistry(services.batch_ports.blobs, clock=services.platform.clock)
    await registry.promote(name, version, stage=stage)
    return send_on(request, f"{_MODELS}#registry")


def _row(request: Request[Any, Any, Any], status: DeploymentStatus, latency: Latency) -> DeploymentRow:
    platform = services_of(request.scope).platform
    today = platform.clock.now().date()
    version = version_of(status.model) or version_of(status.name)
    retires_on = None if version is None else version.retires_on
    notice = timedelta(days=TOPOLOGY.retirement_notice_days)
    return DeploymentRow(
        status=status,
        latency=latency,
        price=platform.gateway.prices.find_deployment(status.name, on=today),
        retires_on=retires_on,
        retires_soon=retires_on is not None and retires_on - today <= notice,
    )


PAGES = (list_models, promote)
