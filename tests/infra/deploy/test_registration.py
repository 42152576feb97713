"""The application in Entra ID, against a stand-in for Microsoft Graph."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.doubles.certificates import write_certificates
from tests.doubles.entra import TENANT, running_entra
from tests.doubles.microsoft_graph import GraphRefusal, MicrosoftGraph, Tenant, running_graph
from tests.infra.azure_types import SCHEMAS
from textnlp.bootstrap.clock import SYSTEM_CLOCK
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.workloads import API, WORKFLOW
from textnlp_infra.checks.published_types import GRAPH_TYPES, GraphTypes
from textnlp_infra.components.directory import Registered
from textnlp_infra.deploy.microsoft_graph import MicrosoftGraph as Client
from textnlp_infra.deploy.microsoft_graph import opened_graph
from textnlp_infra.deploy.registration import ACCESS, APPLICATION, Registration, find_application, unregister
from textnlp_infra.deploy.subscription import ChangeKind, RefusedError
from textnlp_infra.environments import environment

_DEV = environment("dev")
_OUTPUTS = {"apiClientId": "client-of-api", "workflowClientId": "client-of-workflow"}
_MADE = ["application textnlp-dev", "service principal of textnlp-dev"]
_LET_IN = ["federated credential api", "role TextGeneration.ReadWrite.All of workflow"]


@dataclass(slots=True)
class Directory:
    """A tenant, the double in front of it, and who registers."""

    tenant: Tenant
    double: MicrosoftGraph
    client: Client
    told: list[str] = field(default_factory=list[str])

    def registration(self, *, changes_it: bool = True) -> Registration:
        """Return a fresh one, as each run of a command has."""
        return Registration(environment=_DEV, graph=self.client, tell=self.tell if changes_it else None)

    def tell(self, part: str, text: str) -> None:
        """Keep what was told."""
        self.told.append(f"{part}: {text}")

    async def run(self) -> Registered:
        """Register, and let in."""
        registration = self.registration()
        registered = await registration.register()
        assert registered is not None
        await registration.let_in(registered, _OUTPUTS)
        return registered

    async def found(self) -> list[tuple[str, ChangeKind, list[str]]]:
        """Return what is not as declared."""
        registration = self.registration(changes_it=False)
        registered = await registration.register()
        if registered is not None:
            await registration.let_in(registered, _OUTPUTS)
        changes = registration.comparison(APPLICATION).changes
        return [(each.resource_id, each.kind, [item.path for item in each.properties]) for each in changes]


@asynccontextmanager
async def _opened(tmp_path: Path, tenant: Tenant) -> AsyncGenerator[Directory]:
    async with running_entra(tmp_path, write_certificates(tmp_path)) as entra, running_graph(entra, tenant) as double:

        async def token(scope: str) -> str:
            return entra.signed(aud=scope.removesuffix("/.default"))

        async with opened_graph(
            double.address, token, SYSTEM_CLOCK, poll_seconds=0, ca_file=entra.certificates.authority
        ) as client:
            yield Directory(tenant, double, client)


@pytest.fixture
async def directory(tmp_path: Path) -> AsyncGenerator[Directory]:
    types = GraphTypes(SCHEMAS) if (SCHEMAS / GRAPH_TYPES).is_file() else None
    tenant = Tenant(types=types)
    for client_id in _OUTPUTS.values():
        tenant.identity(client_id)
    async with _opened(tmp_path, tenant) as opened:
        yield opened


async def test_everything_is_made_and_a_second_run_writes_nothing(directory: Directory) -> None:
    tenant = directory.tenant
    registered = await directory.run()
    assert directory.told == [
        *(f"{APPLICATION}: {each}: created" for each in _MADE),
        *(f"{ACCESS}: {each}: created" for each in _LET_IN),
    ]
    (application,) = tenant.applications.values()
    assert (registered.client_id, registered.tenant_id) == (application["appId"], TENANT)
    (credential,) = tenant.credentials[application["id"]].values()
    assert credential["subject"] == tenant.identity(_OUTPUTS["apiClientId"])
    (assignment,) = tenant.assignments
    assert assignment["principalId"] == tenant.identity(_OUTPUTS["workflowClientId"])
    assert tenant.principals[assignment["resourceId"]]["appRoleAssignmentRequired"] is True
    written, directory.told[:] = list(tenant.writes), []
    assert await directory.run() == registered
    assert (tenant.writes, directory.told, await directory.found()) == (written, [], [])


async def test_what_is_not_yet_known_everywhere_is_waited_for(directory: Directory) -> None:
    directory.tenant.unseen, directory.tenant.busy = 4, 3
    await directory.run()
    assert await directory.found() == []
    assert len(directory.tenant.writes) == len(_MADE) + len(_LET_IN)


async def test_a_run_that_was_cut_off_is_gone_on_with(tmp_path: Path) -> None:
    for cut_off_after in range(1, len(_MADE) + len(_LET_IN)):
        tenant = Tenant(holds_after=cut_off_after)
        for client_id in _OUTPUTS.values():
            tenant.identity(client_id)
        async with _opened(tmp_path, tenant) as directory:
            running = asyncio.create_task(directory.run())
            await asyncio.wait_for(tenant.held.wait(), 60)
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
        async with _opened(tmp_path, tenant) as directory:
            await directory.run()
            assert len(set(tenant.writes)) == len(tenant.writes) == len(_MADE) + len(_LET_IN)
            assert await directory.found() == []


async def test_a_refusal_is_told_in_graphs_words_and_nothing_else_is_changed(directory: Directory) -> None:
    tenant = directory.tenant
    tenant.refuses["(uniqueName='textnlp-dev')"] = GraphRefusal(
        "Authorization_RequestDenied", "Insufficient privileges to complete the operation.", 403
    )
    with pytest.raises(RefusedError) as refused:
        await directory.run()
    assert refused.value.message.splitlines() == [
        "Azure refused the application textnlp-dev.",
        "  Authorization_RequestDenied: Insufficient privileges to complete the operation.",
    ]
    assert "applicationClientId" in (refused.value.facts.hint or "")
    assert (tenant.writes, tenant.applications) == ([], {})


async def test_what_others_changed_is_found_and_brought_back_alone(directory: Directory) -> None:
    tenant = directory.tenant
    await directory.run()
    (application,) = tenant.applications.values()
    application["appRoles"][0]["displayName"] = "Somebody's"
    application["displayName"] = "Theirs"
    (credential,) = tenant.credentials[application["id"]].values()
    credential["subject"] = "somebody else"
    tenant.assignments.clear()
    value = application["appRoles"][0]["value"]
    assert await directory.found() == [
        ("application textnlp-dev", ChangeKind.MODIFY, ["displayName", f"appRoles[{value}].displayName"]),
        ("federated credential api", ChangeKind.MODIFY, ["subject"]),
        ("role TextGeneration.ReadWrite.All of workflow", ChangeKind.CREATE, []),
    ]
    before = len(tenant.writes)
    await directory.run()
    assert len(tenant.writes) - before == 3
    assert await directory.found() == []


async def test_a_permission_that_is_no_longer_declared_is_disabled_before_it_goes(directory: Directory) -> None:
    await directory.run()
    (application,) = directory.tenant.applications.values()
    roles, scopes = application["appRoles"], application["api"]["oauth2PermissionScopes"]
    roles.append({**roles[0], "value": "Old", "id": "a8b5a1f0-0000-4000-8000-000000000001"})
    scopes.append({**scopes[0], "value": "Old", "id": "a8b5a1f0-0000-4000-8000-000000000002"})
    ((what, _, paths),) = await directory.found()
    assert (what, paths) == (_MADE[0], ["api.oauth2PermissionScopes[Old]", "appRoles[Old]"])
    await directory.run()
    assert await directory.found() == []
    assert len(application["appRoles"]) + len(application["api"]["oauth2PermissionScopes"]) == len(TOPOLOGY.permissions)


async def test_before_it_is_there_only_the_application_is_missed(directory: Directory) -> None:
    assert await directory.found() == [(_MADE[0], ChangeKind.CREATE, [])]
    assert directory.tenant.writes == []
    assert API in {name.removesuffix("ClientId") for name in _OUTPUTS}
    assert WORKFLOW in {name.removesuffix("ClientId") for name in _OUTPUTS}


async def test_it_is_deleted_for_good_so_that_its_name_is_free(directory: Directory) -> None:
    tenant, gone = directory.tenant, list[str]()
    await directory.run()
    tenant.unseen = 2
    own = await find_application(_DEV, directory.client)
    assert own is not None
    await unregister(_DEV, own, directory.client, gone.append)
    assert (tenant.applications, tenant.deleted, tenant.assignments) == ({}, {}, [])
    assert len(tenant.principals) == len(_OUTPUTS)
    assert [line.partition(" is gone")[0] for line in gone] == ["application: textnlp-dev"]
    assert await find_application(_DEV, directory.client) is None
    await directory.run()
    assert await directory.found() == []


async def test_a_name_that_a_deleted_application_keeps_is_explained(directory: Directory) -> None:
    await directory.run()
    (own,) = directory.tenant.applications
    await directory.client.delete(f"applications/{own}", what="to delete it")
    with pytest.raises(RefusedError, match="value for property uniqueName already exists") as refused:
        await directory.run()
    assert "deleted less than 30 days ago" in (refused.value.facts.hint or "")


async def test_an_assignment_that_the_listing_does_not_show_yet_is_no_fault(directory: Directory) -> None:
    await directory.run()
    (assignment,) = directory.tenant.assignments
    path = f"servicePrincipals/{assignment['resourceId']}/appRoleAssignedTo"
    await directory.client.add(path, assignment, what="the role")
    assert directory.tenant.assignments == [assignment]
