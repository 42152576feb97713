"""Runs commands of `textnlp azure` against stand-ins of Azure Resource Manager and Microsoft Graph."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from tests.doubles.certificates import write_certificates
from tests.doubles.entra import running_entra
from tests.doubles.microsoft_graph import MicrosoftGraph, Tenant, running_graph
from tests.doubles.resource_manager import ResourceManager, Subscription, running_resource_manager
from textnlp.adapters.azure_identity.entra_tokens import EntraAccessTokens
from textnlp.adapters.azure_identity.token_credential import TokenCredential
from textnlp.bootstrap.clock import SYSTEM_CLOCK
from textnlp.cli import azure_directory, azure_subscription
from textnlp_infra.checks.published_types import PublishedTypes
from textnlp_infra.deploy.arm_subscription import opened_subscription
from textnlp_infra.deploy.microsoft_graph import opened_graph


@dataclass(frozen=True, slots=True)
class Caller:
    """Runs commands of somebody who may deploy."""

    manager: ResourceManager
    graph: MicrosoftGraph
    capsys: pytest.CaptureFixture[str]

    @property
    def subscription(self) -> Subscription:
        """What the commands work on."""
        return self.manager.subscription

    @property
    def tenant(self) -> Tenant:
        """Where the application is registered."""
        return self.graph.tenant

    async def run(self, command: Callable[[], None]) -> tuple[int, str, str]:
        """Run a command in a thread and return its exit code and what it wrote."""
        code = 0
        try:
            await asyncio.to_thread(command)
        except SystemExit as ended:
            code = int(ended.code or 0)
        told = self.capsys.readouterr()
        return code, told.out, told.err


@asynccontextmanager
async def calling_azure(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *,
    types: PublishedTypes | None = None,
    tenant: Tenant | None = None,
) -> AsyncGenerator[Caller]:
    """Run the stand-ins, and let commands of this process call it."""
    async with (
        running_entra(folder, write_certificates(folder)) as entra,
        running_resource_manager(entra, Subscription(types=types)) as manager,
        running_graph(entra, tenant or Tenant()) as graph,
    ):
        for name, value in {**manager.environment, **graph.environment}.items():
            monkeypatch.setenv(name, value)
        authority = entra.certificates.authority
        tokens = EntraAccessTokens(clock=SYSTEM_CLOCK, ca_file=authority)
        monkeypatch.setattr(azure_subscription, "azure_credential", lambda: TokenCredential(tokens))
        monkeypatch.setattr(azure_subscription, "opened_subscription", partial(opened_subscription, ca_file=authority))
        monkeypatch.setattr(azure_directory, "access_tokens", lambda: tokens)
        monkeypatch.setattr(azure_directory, "opened_graph", partial(opened_graph, ca_file=authority))
        yield Caller(manager, graph, capsys)
