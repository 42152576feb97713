# Made from the OpenAPI document. To renew: make reference
"""The operations around models, and the models."""

import datetime as dt

import msgspec

from textnlp.client.async_transport import AsyncTransport
from textnlp.client.call import Call, segment
from textnlp.client.open_enum import OpenEnum
from textnlp.client.shared import BreakerState
from textnlp.client.transport import Transport


class ServerLoadRead(msgspec.Struct, kw_only=True, omit_defaults=True):
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


class DeploymentRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A deployment as this process sees it since it started.

    Attributes:
        weight: its part of the calls of its tier.
        tier: 0 for those that share the calls, 1 and above for those that stand in, in this order.
        state: `closed` where calls pass, `open` where it does not answer and is not asked, `half_open` where one
            call finds out.
        in_flight: calls that it works on.
        limit: calls that it takes at once, as learnt from what it refuses.
        answered: calls so far.
        refused: calls so far.
        failed: calls so far.
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


class ModelFileRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A file of a version; `sha256` is of all its bytes, in hexadecimal."""

    name: str
    size_bytes: int
    sha256: str


class ModelOrigin(OpenEnum):
    """Where the weights are from, which decides the folder that they lie in."""

    CHECKPOINT = "checkpoint"
    FINE_TUNED = "fine-tuned"


class ModelStage(OpenEnum):
    """How far a version is trusted; one version of a model is in production at most."""

    CANDIDATE = "candidate"
    PRODUCTION = "production"
    RETIRED = "retired"
    STAGING = "staging"


class ModelPromotion(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Where a version goes."""

    stage: ModelStage


class ModelStatusRead(msgspec.Struct, kw_only=True, omit_defaults=True):
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


class ModelStatusesRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The models that are known by name."""

    models: list[ModelStatusRead]


class RegisteredModelRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A version of a model.

    Attributes:
        stage: how far it is trusted; one version of a model is in production at most.
        base: the model that it was tuned from, empty where it is none's.
        provider_model: what a provider calls it, where it runs there; else empty.
    """

    name: str
    version: int
    origin: ModelOrigin
    stage: ModelStage
    base: str
    provider_model: str
    description: str
    created_at: dt.datetime
    files: list[ModelFileRead]


class RegisteredModelsRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The versions of models that the platform keeps, by name and version."""

    models: list[RegisteredModelRead]


class Models:
    """The operations around models, one call at a time."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list_statuses(self) -> ModelStatusesRead:
        """List the models that are known by name, the deployments behind each, and what this process knows of them."""
        return self._transport.decoded(_list_statuses(), ModelStatusesRead)

    def list_registered(self) -> RegisteredModelsRead:
        """List the versions of models that the platform keeps, with the stage and the hashes of each."""
        return self._transport.decoded(_list_registered(), RegisteredModelsRead)

    def promote(self, name: str, version: str, body: ModelPromotion) -> RegisteredModelRead:
        """Let a version go to a stage, once its files were found to be what was registered.

        From candidate to staging, from there to production; the version that was in production before is retired.
        """
        return self._transport.decoded(_promote(name, version, body), RegisteredModelRead)


class AsyncModels:
    """The operations around models, while others work."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def list_statuses(self) -> ModelStatusesRead:
        """List the models that are known by name, the deployments behind each, and what this process knows of them."""
        return await self._transport.decoded(_list_statuses(), ModelStatusesRead)

    async def list_registered(self) -> RegisteredModelsRead:
        """List the versions of models that the platform keeps, with the stage and the hashes of each."""
        return await self._transport.decoded(_list_registered(), RegisteredModelsRead)

    async def promote(self, name: str, version: str, body: ModelPromotion) -> RegisteredModelRead:
        """Let a version go to a stage, once its files were found to be what was registered.

        From candidate to staging, from there to production; the version that was in production before is retired.
        """
        return await self._transport.decoded(_promote(name, version, body), RegisteredModelRead)


def _list_statuses() -> Call:
    return Call(method="GET", path="/api/v1/models")


def _list_registered() -> Call:
    return Call(method="GET", path="/api/v1/models/registry")


def _promote(name: str, version: str, body: ModelPromotion) -> Call:
    return Call(
        method="POST", path=f"/api/v1/models/registry/{segment(name)}/versions/{segment(version)}/promote", body=body
    )
