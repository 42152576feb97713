# Made from the OpenAPI document. To renew: make reference
"""How the platform is, and the models."""

from collections.abc import AsyncGenerator, Generator

import msgspec

from textnlp.client.async_transport import AsyncTransport
from textnlp.client.call import Call
from textnlp.client.transport import Transport


class HealthRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The process answers."""

    status: str = "ok"
    version: str


class PartRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One part that requests need; `detail` and `hint` say what is wrong with one that is not ready."""

    name: str
    is_ready: bool
    code: str | None = None
    detail: str | None = None
    hint: str | None = None


class ReadinessRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Whether requests can be served; not ready as long as one part is not."""

    status: str
    parts: list[PartRead]


class Operations:
    """How the platform is, one call at a time."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def health(self) -> HealthRead:
        """Answer without touching any other part."""
        return self._transport.decoded(_health(), HealthRead)

    def ready(self) -> ReadinessRead:
        """Ask every part at once whether it works, and answer 503 when one does not say so within three seconds."""
        return self._transport.decoded(_ready(), ReadinessRead)

    def show_metrics(self) -> Generator[bytes]:
        """Answer with every metric of this process in Prometheus' text format.

        It names no tenant and no caller, so that it needs no credentials. Each process of a platform has a page of
        its own.
        """
        return self._transport.pieces(_show_metrics())


class AsyncOperations:
    """How the platform is, while others work."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def health(self) -> HealthRead:
        """Answer without touching any other part."""
        return await self._transport.decoded(_health(), HealthRead)

    async def ready(self) -> ReadinessRead:
        """Ask every part at once whether it works, and answer 503 when one does not say so within three seconds."""
        return await self._transport.decoded(_ready(), ReadinessRead)

    def show_metrics(self) -> AsyncGenerator[bytes]:
        """Answer with every metric of this process in Prometheus' text format.

        It names no tenant and no caller, so that it needs no credentials. Each process of a platform has a page of
        its own.
        """
        return self._transport.pieces(_show_metrics())


def _health() -> Call:
    return Call(method="GET", path="/health")


def _ready() -> Call:
    return Call(method="GET", path="/ready")


def _show_metrics() -> Call:
    return Call(method="GET", path="/metrics", accept="text/plain")
