"""A subscription that nothing was deployed to, and the client of whoever may deploy."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.doubles.certificates import write_certificates
from tests.doubles.entra import running_entra
from tests.doubles.resource_manager import SUBSCRIPTION, ResourceManager, Subscription, running_resource_manager
from textnlp_infra.deploy.sdk_resource_manager import SdkResourceManager, opened_resource_manager


@dataclass(frozen=True, slots=True)
class Azure:
    """The client, the double that it calls, and what is behind that."""

    client: SdkResourceManager
    manager: ResourceManager
    subscription: Subscription


@pytest.fixture
async def azure(tmp_path: Path) -> AsyncGenerator[Azure]:
    certificates, subscription = write_certificates(tmp_path), Subscription()
    async with (
        running_entra(tmp_path, certificates) as entra,
        running_resource_manager(entra, subscription) as manager,
        entra.credential() as credential,
        opened_resource_manager(
            manager.address, SUBSCRIPTION, credential, poll_seconds=0, ca_file=certificates.authority
        ) as client,
    ):
        yield Azure(client, manager, subscription)
