"""The wiring of the job queue: PostgreSQL beside everything else, or Azure Service Bus."""

from textnlp.adapters.database.database_address import DatabaseAddress
from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.adapters.queues.postgres import PostgresJobQueue
from textnlp.bootstrap.azure_wiring import azure_credential
from textnlp.bootstrap.clock import SYSTEM_CLOCK
from textnlp.ports.access_tokens import AccessTokens
from textnlp.ports.job_queue import JobQueue
from textnlp.settings import Settings
from textnlp.topology.catalog import TOPOLOGY

_SERVICE_BUS = "servicebus"
_POSTGRESQL = "postgresql"


def job_queue(
    settings: Settings,
    database: PostgresDatabase,
    *,
    address: DatabaseAddress,
    namespace: str,
    tokens: AccessTokens | None = None,
) -> JobQueue:
    """Make the queue that the settings name, without connecting.

    A run with a namespace of its own, as a command makes that runs a batch by itself, always has its queue in its
    database: Service Bus has no part of a namespace that could be kept apart from what others send to it.

    Raises `INVALID_INPUT` for an address that cannot be read.
    """
    if settings.queue_url and not namespace:
        return _service_bus(settings.queue_url, tokens)
    return PostgresJobQueue(
        database.connection,
        listen_dsn=address.conninfo,
        topology=TOPOLOGY,
        clock=SYSTEM_CLOCK,
        namespace=namespace,
    )


def queue_system(settings: Settings, namespace: str) -> str:
    """Return what keeps the messages of such a queue, as OpenTelemetry's conventions call it."""
    return _SERVICE_BUS if settings.queue_url and not namespace else _POSTGRESQL


def _service_bus(address: str, tokens: AccessTokens | None) -> JobQueue:
    from textnlp.adapters.queues.service_bus import ServiceBusJobQueue  # noqa: PLC0415  only where it is asked for
    from textnlp.adapters.queues.service_bus_address import read_address  # noqa: PLC0415  as above
    from textnlp.adapters.queues.service_bus_links import ServiceBusLinks  # noqa: PLC0415  as above

    links = ServiceBusLinks(read_address(address), clock=SYSTEM_CLOCK, credential=azure_credential(tokens))
    return ServiceBusJobQueue(links, topology=TOPOLOGY, clock=SYSTEM_CLOCK)
