"""`textnlp azure deploy` and what follows it, against a stand-in of Azure Resource Manager."""

import asyncio
import json
import os
import shlex
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncGenerator, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.azure_caller import Caller, calling_azure
from tests.acceptance.azure_page import commands, parameters
from tests.doubles.microsoft_graph import GraphRefusal, Tenant
from tests.doubles.resource_manager import Refusal, Subscription
from tests.infra.azure_types import SCHEMAS
from textnlp.cli.commands.azure_deploy import deploy, destroy, drift, what_if
from textnlp.cli.commands.azure_directory import directory
from textnlp.cli.exit_codes import ExitCode
from textnlp.cli.main import command_group
from textnlp.domain.errors import TextNLPError
from textnlp_infra.checks.published_types import FOLDER, GRAPH_TYPES, GraphTypes, PublishedTypes
from textnlp_infra.deploy.registered_estate import CLIENT_ID
from textnlp_infra.environments import environment
from textnlp_infra.estate import build_estate
from textnlp_infra.expansion.expander import DEPLOYMENT

_ESTATE = build_estate(environment("dev"))
_SIZES = {
    stack.name: len(stack.groups()) + sum(len(unit.resources) for unit in stack.units) for stack in _ESTATE.stacks
}
_STACKS = [f"textnlp-dev-{name}" for name in _SIZES]
_VALUES = sorted({f"{name}=given" for stack in _ESTATE.stacks for name in stack.parameters() if name != CLIENT_ID})
_IDENTITIES = [
    str(resource.name)
    for resource in _ESTATE.resources()
    if resource.type == "Microsoft.ManagedIdentity/userAssignedIdentities"
]
_SERVER = "/Microsoft.DBforPostgreSQL/flexibleServers/psql-textnlp-dev-eus2"
_POLL = 0.1


@pytest.fixture
async def caller(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> AsyncGenerator[Caller]:
    types = PublishedTypes(SCHEMAS) if (SCHEMAS / FOLDER).is_dir() else None
    tenant = Tenant(types=GraphTypes(SCHEMAS) if (SCHEMAS / GRAPH_TYPES).is_file() else None)
    for identity in _IDENTITIES:
        tenant.identity(f"{identity}.clientId")
    async with calling_azure(tmp_path, monkeypatch, capsys, types=types, tenant=tenant) as caller:
        yield caller


async def begin_deploy(caller: Caller) -> Process:
    """Begin to deploy in a process of its own, which reads when it begins whom it trusts."""
    words = ["azure", "deploy", "--env", "dev", "--poll", str(_POLL)]
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "textnlp.cli.main", *words, *(part for value in _VALUES for part in ("--parameter", value))),
        env={**os.environ, **caller.manager.environment, **caller.graph.environment},
        stderr=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
    )


async def test_the_life_of_an_estate(caller: Caller) -> None:
    subscription = caller.subscription
    given = {"env": "dev", "parameter": _VALUES, "poll": _POLL}
    code, out, _ = await caller.run(partial(what_if, **given))
    assert (code, subscription.writes, caller.tenant.writes) == (0, [], [])
    assert "application: Create application textnlp-dev\n" in out
    assert "access: Azure cannot tell before application is deployed\n" in out
    assert f"foundation: {_SIZES['foundation']} to change, 0 as they are\n" in out
    assert "workload: Azure cannot tell before foundation is deployed\n" in out

    code, out, told = await caller.run(partial(deploy, **given, as_json=True))
    assert (code, subscription.sent) == (0, _STACKS)
    nested = [resource for resource in subscription.resources.values() if resource.type == DEPLOYMENT]
    assert len(subscription.created) == len(set(subscription.created)) == sum(_SIZES.values())
    assert told.count(": Succeeded ") == len(subscription.created) + len(nested)
    assert json.loads(out)["serviceBusEndpoint"] == "sbns-textnlp-dev-eus2.serviceBusEndpoint"
    (application,) = caller.tenant.applications.values()
    assert json.loads(out)[CLIENT_ID] == application["appId"]
    assert {value for name, value in _sent_values(subscription) if name == CLIENT_ID} == {application["appId"]}
    assert len(caller.tenant.credentials[application["id"]]) == len(caller.tenant.assignments) == 1

    written, registered = len(subscription.writes), list(caller.tenant.writes)
    code, out, told = await caller.run(partial(deploy, **given))
    assert (code, subscription.sent, len(subscription.writes)) == (0, _STACKS, written)
    assert caller.tenant.writes == registered
    assert told.count("unchanged since it was deployed") == len(_STACKS)
    assert "serviceBusEndpoint = sbns-textnlp-dev-eus2.serviceBusEndpoint\n" in out

    code, out, _ = await caller.run(partial(drift, **given))
    assert (code, out.count(": 0 to change, ")) == (0, len(_STACKS) + 2)
    server = next(item for item in subscription.created if item.endswith(_SERVER))
    subscription.change(server, version="11")
    caller.tenant.assignments.clear()
    code, out, _ = await caller.run(partial(drift, **given))
    assert code == ExitCode.ERROR
    assert f'platform: Modify {server}\n  properties.version: "11" on Azure, ' in out
    assert f"platform: 1 to change, {_SIZES['platform'] - 1} as they are\n" in out
    assert "access: Create role TextGeneration.ReadWrite.All of workflow\naccess: 1 to change, 1 as they are\n" in out

    code, out, told = await caller.run(partial(destroy, env="dev", yes=True, poll=_POLL))
    assert (code, subscription.resources, subscription.deployments) == (0, {}, {}), told
    deleted = [line.partition(":")[0] for line in out.splitlines()]
    assert list(dict.fromkeys(deleted)) == [*list(_SIZES)[::-1], "application"]
    assert (caller.tenant.applications, caller.tenant.deleted, caller.tenant.assignments) == ({}, {}, [])


async def test_a_killed_command_is_gone_on_with(caller: Caller) -> None:
    subscription = caller.subscription
    subscription.holds_after = _SIZES["foundation"] + _SIZES["platform"] // 2
    process = await begin_deploy(caller)
    await asyncio.wait_for(subscription.held.wait(), 60)
    process.kill()
    await process.communicate()
    assert len(subscription.writes) == subscription.holds_after
    caller.manager.requests.clear()
    following = asyncio.create_task(caller.run(partial(deploy, env="dev", parameter=_VALUES, poll=_POLL)))
    await asyncio.wait_for(caller.manager.asked(f"{_STACKS[1]}/operations"), 60)
    subscription.released.set()
    code, _, told = await following
    assert code == 0
    assert told.splitlines()[:2] == [
        "foundation: unchanged since it was deployed",
        "platform: is under way already; follows it",
    ]
    assert subscription.sent == _STACKS
    assert {done for done, _ in subscription.writes} == {"created"}


async def test_a_command_killed_while_it_registers_is_gone_on_with(caller: Caller) -> None:
    caller.tenant.holds_after = 1
    process = await begin_deploy(caller)
    await asyncio.wait_for(caller.tenant.held.wait(), 60)
    process.kill()
    await process.communicate()
    assert (len(caller.tenant.applications), caller.subscription.sent) == (1, [])
    caller.tenant.released.set()
    code, _, told = await caller.run(partial(deploy, env="dev", parameter=_VALUES, poll=_POLL))
    assert (code, caller.subscription.sent) == (0, _STACKS)
    assert told.startswith("application: service principal of textnlp-dev: created\n")
    assert len(set(caller.tenant.writes)) == len(caller.tenant.writes) == 4


async def test_what_graph_refuses_ends_the_command_before_anything_is_sent(caller: Caller) -> None:
    words = "Insufficient privileges to complete the operation."
    caller.tenant.refuses["(uniqueName='textnlp-dev')"] = GraphRefusal("Authorization_RequestDenied", words, 403)
    with pytest.raises(TextNLPError, match=f"Authorization_RequestDenied: {words}"):
        await caller.run(partial(deploy, env="dev", parameter=_VALUES, poll=_POLL))
    assert (caller.subscription.sent, caller.tenant.writes) == ([], [])


async def test_who_is_given_an_application_leaves_the_directory_to_others(caller: Caller) -> None:
    given = {"env": "dev", "parameter": [*_VALUES, f"{CLIENT_ID}=theirs"], "poll": _POLL}
    for command in (what_if, deploy, drift):
        code, _, told = await caller.run(partial(command, **given))
        assert code == 0, told
    code, _, _ = await caller.run(partial(destroy, env="dev", keep_application=True, yes=True, poll=_POLL))
    assert (code, caller.graph.requests) == (0, [])


async def test_who_administers_the_directory_registers_by_a_command_of_its_own(caller: Caller) -> None:
    check, register = partial(directory, env="dev", poll=_POLL, check=True), partial(directory, env="dev", poll=_POLL)
    code, out, _ = await caller.run(check)
    assert (code, out.splitlines()[0]) == (ExitCode.ERROR, "application: Create application textnlp-dev")
    code, out, told = await caller.run(partial(register, as_json=True))
    (application,) = caller.tenant.applications.values()
    assert (code, json.loads(out)) == (0, {CLIENT_ID: application["appId"]})
    assert told.endswith("access: run this again when the estate is deployed\n")
    values = [*_VALUES, f"{CLIENT_ID}={application['appId']}"]
    assert (await caller.run(partial(deploy, env="dev", parameter=values, poll=_POLL)))[0] == 0
    assert caller.tenant.assignments == []
    code, out, told = await caller.run(register)
    assert (code, out) == (0, f"{CLIENT_ID} = {application['appId']}\n")
    assert told.splitlines() == [
        "access: federated credential api: created",
        "access: role TextGeneration.ReadWrite.All of workflow: created",
    ]
    code, out, _ = await caller.run(check)
    assert (code, out.count(": 0 to change, 2 as they are\n")) == (0, 2)


def _sent_values(subscription: Subscription) -> Iterator[tuple[str, Any]]:
    for deployment in subscription.deployments.values():
        for name, item in deployment.parameters.items():
            yield name, item.get("value")


async def test_a_refusal_is_shown_in_azures_words_and_ends_the_command(caller: Caller) -> None:
    subscription = caller.subscription
    message = "Operation results in exceeding quota limits of Core."
    subscription.refuses[_SERVER] = Refusal("QuotaExceeded", message, target=_SERVER)
    with pytest.raises(TextNLPError) as refused:
        await caller.run(partial(deploy, env="dev", parameter=_VALUES, poll=_POLL))
    first, *below = refused.value.message.splitlines()
    assert first == "Azure refused the stack 'platform'."
    assert [line.split(" ")[0] for line in map(str.strip, below)] == ["DeploymentFailed"] * 2 + ["QuotaExceeded"]
    assert below[-1] == f"      QuotaExceeded ({_SERVER}): {message}"
    assert subscription.sent == _STACKS[:2]
    subscription.refuses.clear()
    before = list(subscription.sent)
    code, _, _ = await caller.run(partial(deploy, env="dev", parameter=_VALUES, poll=_POLL))
    assert (code, subscription.sent) == (0, [*before, *_STACKS[1:]])


async def test_missing_values_are_named_before_anything_is_sent(caller: Caller) -> None:
    with pytest.raises(TextNLPError, match=r"(?s)adminGroupName: Name of.*adminGroupObjectId: Object id"):
        await caller.run(partial(deploy, env="dev"))
    with pytest.raises(TextNLPError, match="AZURE_SUBSCRIPTION_ID"):
        await caller.run(partial(_without_subscription, env="dev"))
    assert caller.manager.requests == []


def _without_subscription(env: str) -> None:
    os.environ.pop("AZURE_SUBSCRIPTION_ID")
    deploy(env=env, parameter=_VALUES)


async def test_nothing_is_deleted_where_nobody_can_be_asked(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: False)
    with pytest.raises(TextNLPError, match="Nobody is at a terminal"):
        await caller.run(partial(destroy, env="dev"))
    assert caller.manager.requests == []


async def test_the_page_from_an_empty_subscription_is_followed(caller: Caller, tmp_path: Path) -> None:
    values = tmp_path / "dev.json"
    values.write_text(json.dumps(parameters()), encoding="utf-8")
    followed = [
        words
        for name in ("what-if", "deploy", "drift", "destroy")
        for words in map(shlex.split, commands(f"textnlp azure {name}"))
    ]
    assert len(followed) == 4
    for words in followed:
        given = [str(values) if word == "dev.json" else word for word in words[1:]]
        more = ["--poll", str(_POLL), *(["--yes"] if "destroy" in words else [])]
        code, _, told = await caller.run(partial(command_group(), [*given, *more], prog_name="textnlp"))
        assert code == 0, told
    assert caller.subscription.sent == _STACKS
    assert (caller.subscription.resources, caller.tenant.applications) == ({}, {})
