"""Azurite's blob service in a process of its own: https, and tokens in place of keys."""

import asyncio
import contextlib
import signal
import socket
import tempfile
import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from azure.storage.blob.aio import BlobServiceClient

from tests.doubles.certificates import Certificates, write_certificates
from tests.doubles.entra import Entra, running_entra
from tests.doubles.node_packages import node_command

_ACCOUNT = "devstoreaccount1"
_SCRIPT = "node_modules/azurite/dist/src/blob/main.js"
_SAVED_FIRST = "saved-first.mjs"
_START_SECONDS = 60
_END_SECONDS = 20


@dataclass(slots=True)
class Azurite:
    """The service, which may be ended and started again on the same port and folder."""

    folder: Path
    entra: Entra
    port: int
    command: list[str]
    process: asyncio.subprocess.Process | None = field(default=None)

    @property
    def certificates(self) -> Certificates:
        """What it listens with, and whom to trust."""
        return self.entra.certificates

    @property
    def url(self) -> str:
        """What TEXTNLP_BLOB_URL takes."""
        return f"azure+https://localhost:{self.port}/{_ACCOUNT}"

    async def start(self) -> None:
        """Start it, and return when it listens."""
        assert self.process is None
        self.process = await asyncio.create_subprocess_exec(
            *self.command,
            *("--silent", "--disableTelemetry", "--skipApiVersionCheck", "--oauth", "basic"),
            *("--location", str(self.folder), "--blobHost", "127.0.0.1", "--blobPort", str(self.port)),
            *("--cert", str(self.certificates.certificate), "--key", str(self.certificates.key)),
            stdout=asyncio.subprocess.DEVNULL,
        )
        started = time.monotonic()
        while not await self._listens():
            assert self.process.returncode is None, "azurite ended"
            assert time.monotonic() - started < _START_SECONDS, "azurite does not listen"
            await asyncio.sleep(0.05)

    async def kill(self) -> None:
        """Kill it in the middle of whatever it is at; what it answered before is on the disk."""
        process, self.process = self.process, None
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def stop(self) -> None:
        """Tell it to end, whatever it is at."""
        process, self.process = self.process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), _END_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()

    @contextlib.asynccontextmanager
    async def client(self) -> AsyncGenerator[BlobServiceClient]:
        """Open the library's client, as the workload identity."""
        endpoint = self.url.removeprefix("azure+")
        async with (
            self.entra.credential() as credential,
            BlobServiceClient(endpoint, credential, connection_verify=str(self.certificates.authority)) as client,
        ):
            yield client

    async def make_containers(self, *names: str) -> None:
        """Make containers."""
        async with self.client() as client:
            for name in names:
                await client.get_container_client(name).create_container()

    async def _listens(self) -> bool:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            return False
        writer.close()
        return True


@contextlib.asynccontextmanager
async def running_azurite(folder: Path, entra: Entra) -> AsyncGenerator[Azurite]:
    """Run it with its data in `folder`; nothing but tokens is good for it."""
    command = await asyncio.to_thread(node_command, _SCRIPT, loaded_first=_SAVED_FIRST)
    azurite = Azurite(folder=folder, entra=entra, port=_free_port(), command=command)
    await azurite.start()
    try:
        yield azurite
    finally:
        await azurite.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.asynccontextmanager
async def azure_storage() -> AsyncGenerator[tuple[Azurite, Entra]]:
    """Run Azurite and a token endpoint, and let this process be a workload identity of it while the block runs."""
    with (
        tempfile.TemporaryDirectory(prefix="textnlp-azurite-", ignore_cleanup_errors=True) as name,
        pytest.MonkeyPatch.context() as environment,
    ):
        folder = Path(name)
        async with running_entra(folder, write_certificates(folder)) as entra:
            for variable, value in entra.environment.items():
                environment.setenv(variable, value)
            async with running_azurite(folder / "data", entra) as azurite:
                yield azurite, entra
