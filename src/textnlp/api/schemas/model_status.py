"""Models and the deployments behind them, with how they are."""

from typing import Any, ClassVar

import msgspec

from textnlp.application.server_watch import ServerWatch
from textnlp.application.show_models import DeploymentStatus, ModelStatus
from textnlp.domain.admission.breaker import BreakerState


class ServerLoadRead(msgspec.Struct, kw_only=True):
    """What a server says of itself, for all its callers together.

    Attributes:
        healthy: it told its load within the last seconds; the other figures are null where it did not.
        running: requests that it writes answers to.
        waiting: requests that it has taken and not begun.
        cache_use: share of its KV cache that is in use, 0 to 1.
    """

    healthy: bool
    running: int | None = None
    waiting: int | None = None
    cache_use: float | None = None


class DeploymentRead(msgspec.Struct, kw_only=True):
    """A deployment as this process sees it since it started.

    Attributes:
        weight: its part of the calls of its tier.
        tier: 0 for those that share the calls, 1 and above for those that stand in, in this order.
        state: `closed` where calls pass, `open` where it does not answer and is not asked, `half_open` where one call
            finds out.
        in_flight: calls that it works on.
        limit: calls that it takes at once, as learnt from what it refuses.
        answered, refused, failed: calls so far.
        server: how busy the server behind it is; null where the models file names no page that tells.
    """

    name: str
    weight: float
    tier: int
    state: BreakerState
    in_flight: int
    limit: int
    answered: int
    refused: int
    failed: int
    server: ServerLoadRead | None = None


class ModelStatusRead(msgspec.Struct, kw_only=True):
    """A model that can be asked.

    Attributes:
        writes: it writes texts.
        embeds: it turns texts into vectors.
        deployments: who answers.
    """

    id: str
    writes: bool
    embeds: bool
    is_default: bool
    deployments: list[DeploymentRead]


class ModelStatusesRead(msgspec.Struct, kw_only=True):
    """The models that are known by name."""

    models: list[ModelStatusRead]

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "models": [
            {
                "id": "smollm2-135m",
                "writes": True,
                "embeds": False,
                "is_default": True,
                "deployments": [
                    {
                        "name": "smollm2-135m",
                        "weight": 1.0,
                        "tier": 0,
                        "state": "closed",
                        "in_flight": 2,
                        "limit": 8,
                        "answered": 220,
                        "refused": 0,
                        "failed": 0,
                        "server": None,
                    },
                ],
            },
        ],
    }


def read_model(status: ModelStatus, *, default_model: str) -> ModelStatusRead:
    """Show a model."""
    return ModelStatusRead(
        id=status.name,
        writes=status.writes,
        embeds=status.embeds,
        is_default=status.name == default_model,
        deployments=[_deployment(each) for each in status.deployments],
    )


def _deployment(status: DeploymentStatus) -> DeploymentRead:
    figures = status.figures
    return DeploymentRead(
        name=status.name,
        weight=status.weight,
        tier=status.tier,
        state=figures.breaker,
        in_flight=figures.in_flight,
        limit=figures.limit,
        answered=figures.answered,
        refused=figures.refused,
        failed=figures.failed,
        server=None if status.watch is None else _server(status.watch),
    )


def _server(watch: ServerWatch) -> ServerLoadRead:
    load = watch.load
    if load is None:
        return ServerLoadRead(healthy=False)
    return ServerLoadRead(healthy=True, running=load.running, waiting=load.waiting, cache_use=load.cache_use)
