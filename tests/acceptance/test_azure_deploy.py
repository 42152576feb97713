"""`textnlp azure deploy` and what follows it, as people run them, against a stand-in of Azure Resource Manager."""

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.doubles.certificates import write_certificates
from tests.doubles.entra import running_entra
from tests.doubles.resource_manager import (
    Refusal,
    ResourceManager,
    Subscription,
    running_resource_manager,
)
from tests.infra.azure_types import SCHEMAS
from textnlp_infra.checks.published_types import FOLDER, PublishedTypes
from textnlp_infra.environments import environment
from textnlp_infra.estate import build_estate
from textnlp_infra.expansion.expander import DEPLOYMENT

_VALUES = ("--parameter", "adminGroupName=admins", "--parameter", "adminGroupObjectId=" + "4" * 32)
_STACKS = ["textnlp-dev-foundation", "textnlp-dev-platform", "textnlp-dev-workload"]
_SERVER = "/Microsoft.DBforPostgreSQL/flexibleServers/psql-textnlp-dev-eus2"


@dataclass(frozen=True, slots=True)
class Caller:
    """Runs commands of somebody who may deploy.

    Its certificates are named in the environment, which the HTTP library reads when it is imported: no forked command.
    """

    manager: ResourceManager

    @property
    def subscription(self) -> Subscription:
        """What the commands work on."""
        return self.manager.subscription

    async def begin(self, *words: str) -> Process:
        """Begin a command about dev."""
        return await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "textnlp.cli.main", "azure", words[0], "--env", "dev", *words[1:]),
            env={**os.environ, **self.manager.environment},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=PIPE,
            stderr=PIPE,
        )

    async def run(self, *words: str) -> tuple[int, str, str]:
        """Run a command and return its exit code and what it wrote."""
        process = await self.begin(*words)
        out, told = await process.communicate()
        return process.returncode or 0, out.decode(), told.decode()


@pytest.fixture
async def caller(tmp_path: Path) -> AsyncGenerator[Caller]:
    types = PublishedTypes(SCHEMAS) if (SCHEMAS / FOLDER).is_dir() else None
    async with (
        running_entra(tmp_path, write_certificates(tmp_path)) as entra,
        running_resource_manager(entra, Subscription(types=types)) as manager,
    ):
        yield Caller(manager)


async def test_the_life_of_an_estate(caller: Caller) -> None:
    subscription = caller.subscription
    code, out, told = await caller.run("deploy", *_VALUES, "--poll", "0.05", "--json")
    assert code == 0, told
    assert subscription.sent == _STACKS
    whole = {resource.type for resource in build_estate(environment("dev")).resources()}
    assert whole <= {resource.type for resource in subscription.resources.values()}
    assert (
        len(subscription.created) == len(set(subscription.created)) == told.count("Succeeded") - _nested(subscription)
    )
    assert json.loads(out)["serviceBusEndpoint"] == "sbns-textnlp-dev-eus2.serviceBusEndpoint"

    written = len(subscription.writes)
    code, out, told = await caller.run("deploy", *_VALUES, "--poll", "0.05")
    assert (code, subscription.sent, len(subscription.writes)) == (0, _STACKS, written)
    assert told.count("unchanged since it was deployed") == len(_STACKS)
    assert "serviceBusEndpoint = sbns-textnlp-dev-eus2.serviceBusEndpoint\n" in out

    server = next(item for item in subscription.created if item.endswith(_SERVER))
    subscription.change(server, version="11")
    code, out, _ = await caller.run("drift", *_VALUES, "--poll", "0.05")
    assert code == 1
    assert f'platform: Modify {server}\n  properties.version: "11" on Azure, ' in out

    code, _, told = await caller.run("destroy")
    assert (code, subscription.deleted) == (2, [])
    assert "Add --yes" in told
    code, out, told = await caller.run("destroy", "--yes", "--poll", "0.05")
    assert (code, subscription.resources, subscription.deployments) == (0, {}, {}), told
    deleted = [line.partition(":")[0] for line in out.splitlines()]
    assert list(dict.fromkeys(deleted)) == ["workload", "platform", "foundation"]


def _nested(subscription: Subscription) -> int:
    return sum(resource.type == DEPLOYMENT for resource in subscription.resources.values())


async def test_a_killed_command_is_gone_on_with(caller: Caller) -> None:
    subscription = caller.subscription
    subscription.holds_after = 150
    process = await caller.begin("deploy", *_VALUES, "--poll", "0.05")
    await asyncio.wait_for(subscription.held.wait(), 30)
    process.kill()
    await process.communicate()
    following = await caller.begin("deploy", *_VALUES, "--poll", "0.05")
    while not any(request.endswith(f"{_STACKS[1]}/operations") for request in caller.manager.requests):
        await asyncio.sleep(0.02)
    subscription.released.set()
    _, told = await following.communicate()
    assert following.returncode == 0, told.decode()
    assert "foundation: unchanged since it was deployed\nplatform: is under way already; follows it\n" in told.decode()
    assert subscription.sent == _STACKS
    assert len(subscription.created) == len(subscription.writes)


async def test_a_refusal_is_shown_in_azures_words_and_ends_the_command(caller: Caller) -> None:
    subscription = caller.subscription
    quota = Refusal("QuotaExceeded", "Operation results in exceeding quota limits of Core.", target=_SERVER)
    subscription.refuses[_SERVER] = quota
    code, _, told = await caller.run("deploy", *_VALUES, "--poll", "0.05")
    assert code == 1
    assert f"QuotaExceeded ({_SERVER}): Operation results in exceeding quota limits of Core." in told
    assert "Azure refused the stack 'platform'." in told
    assert "DeploymentFailed (/subscriptions/" in told
    assert subscription.sent == _STACKS[:2]
    assert not any(item.endswith(_SERVER) for item in subscription.resources)


async def test_missing_values_are_named_before_anything_is_sent(caller: Caller) -> None:
    code, _, told = await caller.run("deploy")
    assert (code, caller.manager.requests) == (2, [])
    assert "adminGroupName: Name of that group" in told
    assert "adminGroupObjectId: Object id" in told
