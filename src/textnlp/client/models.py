# Made from the OpenAPI document. To renew: make reference
"""The operations around models, and the models."""

import msgspec

from textnlp.client.async_transport import AsyncTransport
from textnlp.client.call import Call
from textnlp.client.open_enum import OpenEnum
from textnlp.client.transport import Transport


class BreakerState(OpenEnum):
    """Closed lets every call through, open none, half open one."""

    CLOSED = "closed"
    HALF_OPEN = "half_open"
    OPEN = "open"


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


class Models:
    """The operations around models, one call at a time."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list_statuses(self) -> ModelStatusesRead:
        """List the models that are known by name, the deployments behind each, and what this process knows of them."""
        return self._transport.decoded(_list_statuses(), ModelStatusesRead)


class AsyncModels:
    """The operations around models, while others work."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def list_statuses(self) -> ModelStatusesRead:
        """List the models that are known by name, the deployments behind each, and what this process knows of them."""
        return await self._transport.decoded(_list_statuses(), ModelStatusesRead)


def _list_statuses() -> Call:
    return Call(method="GET", path="/api/v1/models")
