"""Where a Service Bus namespace is, and how this process shows who it is."""

import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError, invalid_input
from textnlp.domain.missing_extra import missing_extra

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential
    from azure.servicebus.aio import ServiceBusClient

SERVICE_BUS_SCHEME = "servicebus"

_FORMS = "servicebus://NAMESPACE.servicebus.windows.net, or a connection string that begins with Endpoint=sb://"


@dataclass(frozen=True, slots=True)
class ServiceBusAddress:
    """A namespace, either by its host name, without any key, or by a connection string.

    With a host name this process shows the tokens of its own identity.
    """

    host: str
    connection_string: str | None = field(default=None, repr=False)


def read_address(address: str) -> ServiceBusAddress:
    """Read either form of an address; raise `INVALID_INPUT`, without the address, for anything else."""
    if address.startswith("Endpoint="):
        host = _host(address.partition("=")[2].partition(";")[0])
        return ServiceBusAddress(host, connection_string=address)
    parts = _split(address)
    if parts.scheme != SERVICE_BUS_SCHEME or not parts.hostname or parts.path.strip("/") or parts.query:
        raise invalid_input(f"The address of the queue is not {_FORMS}.", field="queue_url")
    if parts.username is not None:
        raise TextNLPError(
            "The address of the queue holds a user or key.",
            kind=ErrorKind.INVALID_INPUT,
            facts=ErrorFacts(
                hint="Give this process's identity a role instead, and leave the key out.", field="queue_url"
            ),
        )
    return ServiceBusAddress(parts.hostname)


async def open_client(
    address: ServiceBusAddress,
    *,
    credential: "AsyncTokenCredential | None" = None,
    closing: contextlib.AsyncExitStack,
) -> "ServiceBusClient":
    """Make a client, without connecting; the credential, which an address without a key needs, is closed by `closing`.

    Raises `INVALID_INPUT` with what to install where the library is missing.
    """
    try:
        from azure.servicebus.aio import ServiceBusClient  # noqa: PLC0415  an extra
    except ImportError as exc:
        told = "The queue is on Azure Service Bus, and the library for it is not installed."
        raise missing_extra(told, extra="azure", field="queue_url") from exc
    # The platform's own back-off is the only one: two on top of each other would multiply the waiting.
    if address.connection_string is not None:
        try:
            return ServiceBusClient.from_connection_string(address.connection_string, retry_total=0)
        except ValueError as exc:
            raise invalid_input("The connection string of the queue is incomplete.", field="queue_url") from exc
    if credential is None:
        raise invalid_input("A namespace without a key is for a process with an identity.", field="queue_url")
    return ServiceBusClient(address.host, await closing.enter_async_context(credential), retry_total=0)


def _split(address: str) -> Any:
    try:
        return urlsplit(address)
    except ValueError as exc:
        raise invalid_input(f"The address of the queue is not {_FORMS}.", field="queue_url") from exc


def _host(endpoint: str) -> str:
    host = _split(endpoint).hostname
    if not host:
        raise invalid_input(f"The address of the queue is not {_FORMS}.", field="queue_url")
    return str(host)
