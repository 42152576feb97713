"""The services of Azure that the platform stands on, each as far as it can be had on this machine."""

import contextlib
import tempfile
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo
from redis.asyncio import Redis

from tests.azure_loopback.environment_file import write_environment
from tests.doubles.azure_openai import AzureOpenAI
from tests.doubles.azurite import Azurite, running_azurite
from tests.doubles.certificates import Certificates, write_certificates
from tests.doubles.entra import CLIENT, Entra, running_entra
from tests.doubles.entra_postgres import role_with_password, running_postgres_front, take_only
from tests.doubles.mock_issuer import MockIssuer, running_issuer
from tests.doubles.redis_server import running_redis
from tests.doubles.service_bus_process import ServiceBusProcess, running_service_bus_process
from tests.doubles.telemetry_collector import TelemetryCollector, running_collector
from tests.doubles.tls_front import running_tls_front
from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.database.embedded import EmbeddedPostgres
from textnlp.application.work_slices import lanes_for
from textnlp.ports.access_tokens import POSTGRESQL, REDIS
from textnlp.topology.containers import CONTAINERS

MODEL = "writer"
"""The deployment of the model, and the alias that requests name."""

LOCK_SECONDS = 10.0
"""How long the queues lock a message: what a killed worker held comes again while one looks on, not after minutes."""

CONCURRENCY = 16
"""Calls to the model at once, of each process."""

ROWS_IN_FLIGHT = 2 * lanes_for(CONCURRENCY)
"""What a killed worker takes with it at most: the rows that its lanes are at, and as many that are not committed."""

_LATENCY_SECONDS = 0.05
_DATABASE = "textnlp"
_ROLE = "textnlp-workload"
_MODELS_FILE = """\
deployments:
  east:
    base_url: {endpoint}/openai/v1
    model: writer
    authentication: entra
    concurrency: {concurrency}
    prices: {{input: 1.25, output: 10}}
models:
  writer:
    deployments: [{{name: east}}]
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class AzureAtLoopback:
    """The services, and the file that leads the platform to them."""

    entra: Entra
    azurite: Azurite
    service_bus: ServiceBusProcess
    issuer: MockIssuer
    openai: AzureOpenAI
    collector: TelemetryCollector
    environment_file: Path


@contextlib.asynccontextmanager
async def running_services() -> AsyncGenerator[AzureAtLoopback]:
    """Run all services with their data in a temporary folder, and end them when the block ends."""
    async with contextlib.AsyncExitStack() as stack:
        name = stack.enter_context(tempfile.TemporaryDirectory(prefix="textnlp-azure-", ignore_cleanup_errors=True))
        folder = Path(name)
        certificates = write_certificates(folder)
        entra = await stack.enter_async_context(running_entra(folder, certificates))
        azurite = await stack.enter_async_context(running_azurite(folder / "blobs", entra))
        await azurite.make_containers(*(container.name for container in CONTAINERS))
        bus = running_service_bus_process(file=folder / "messages.json", lock_seconds=LOCK_SECONDS)
        service_bus = await stack.enter_async_context(bus)
        issuer = await stack.enter_async_context(running_issuer())
        openai = await stack.enter_async_context(AzureOpenAI(entra.key, deployments=(MODEL,)))
        openai.latency_seconds = _LATENCY_SECONDS
        collector = stack.enter_context(running_collector())
        models = folder / "models.yaml"
        models.write_text(_MODELS_FILE.format(endpoint=openai.endpoint, concurrency=CONCURRENCY))
        file = folder / "environment"
        write_environment(
            file,
            {
                **entra.environment,
                "DATABASE_URL": await _database(stack, folder, entra, certificates),
                "TEXTNLP_DATABASE_AUTHENTICATION": "entra",
                "REDIS_URL": await _redis(stack, entra, certificates),
                "TEXTNLP_REDIS_AUTHENTICATION": "entra",
                "TEXTNLP_QUEUE_URL": service_bus.connection_string,
                "TEXTNLP_BLOB_URL": azurite.url,
                "TEXTNLP_ISSUER": issuer.url,
                "TEXTNLP_MODELS": str(models),
                "TEXTNLP_MODEL": MODEL,
                "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
                "TEXTNLP_DATA_DIR": str(folder / "process"),
            },
        )
        yield AzureAtLoopback(
            entra=entra,
            azurite=azurite,
            service_bus=service_bus,
            issuer=issuer,
            openai=openai,
            collector=collector,
            environment_file=file,
        )


async def _database(stack: contextlib.AsyncExitStack, folder: Path, entra: Entra, certificates: Certificates) -> str:
    """Set a server up as the how-to says, and return where the workload identity reaches it."""
    server = EmbeddedPostgres(folder / "postgres", clock=SystemClock())
    admin_url = await server.ensure_running()
    stack.push_async_callback(server.release)
    with psycopg.connect(admin_url, autocommit=True) as connection:
        connection.execute("create role textnlp_tenant")
        connection.execute(f"create database {_DATABASE}")
    stack.enter_context(role_with_password(admin_url, _ROLE))
    take_only(admin_url, _ROLE, entra.lend(POSTGRESQL))
    url = make_conninfo(admin_url, dbname=_DATABASE)
    return await stack.enter_async_context(running_postgres_front(url, _ROLE, certificates))


async def _redis(stack: contextlib.AsyncExitStack, entra: Entra, certificates: Certificates) -> str:
    server = stack.enter_context(running_redis())
    async with contextlib.aclosing(Redis.from_url(server.url)) as admin:  # pyright: ignore[reportUnknownMemberType]
        rule = ("on", "resetpass", f">{entra.lend(REDIS)}", "~*", "+@all")
        await admin.execute_command("ACL", "SETUSER", CLIENT, *rule)  # pyright: ignore[reportUnknownMemberType]
    port = await stack.enter_async_context(running_tls_front(certificates, server.socket))
    return f"rediss://localhost:{port}?ssl_ca_certs={certificates.authority}"
