"""A subscription that nothing was deployed to, and the client of whoever may deploy."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from tests.doubles.certificates import write_certificates
from tests.doubles.entra import running_entra
from tests.doubles.resource_manager import SUBSCRIPTION, ResourceManager, Subscription, running_resource_manager
from textnlp_infra.deploy.arm_subscription import ArmSubscription, opened_subscription

WAIT = partial(asyncio.sleep, 0)
"""Looks at Azure again at once."""


@dataclass(frozen=True, slots=True)
class Azure:
    """The client, the double that it calls, and what is behind that."""

    client: ArmSubscription
    manager: ResourceManager
    subscription: Subscription


@pytest.fixture
async def azure(tmp_path: Path) -> AsyncGenerator[Azure]:
    certificates, subscription = write_certificates(tmp_path), Subscription()
    async with (
        running_entra(tmp_path, certificates) as entra,
        running_resource_manager(entra, subscription) as manager,
        entra.credential() as credential,
        opened_subscription(
            manager.address, SUBSCRIPTION, credential, poll_seconds=0, ca_file=certificates.authority
        ) as client,
    ):
        yield Azure(client, manager, subscription)
