"""Brings the platform's application in Entra ID to what is declared, and tells what is not so."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast

from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.workloads import API
from textnlp_infra.components.directory import (
    Document,
    Registered,
    application_document,
    assignment_documents,
    credential_documents,
    service_principal_document,
)
from textnlp_infra.components.identities import client_id_output
from textnlp_infra.deploy.comparison import Comparison
from textnlp_infra.deploy.document_difference import differences, without_gone
from textnlp_infra.deploy.microsoft_graph import MicrosoftGraph
from textnlp_infra.deploy.subscription import Change, ChangeKind
from textnlp_infra.environments import Environment

APPLICATION, ACCESS = "application", "access"
"""The two parts: what the estate is deployed with, and what can be done once its identities are there."""


@dataclass(slots=True, kw_only=True)
class Registration:
    """The application of an environment.

    Attributes:
        tell: is given the part and a line for each thing that was written; without it, nothing is written, and what is
            missing or different is found only.
    """

    environment: Environment
    graph: MicrosoftGraph
    tell: Callable[[str, str], None] | None = None
    _changes: list[Change] = field(default_factory=list[Change])
    _unchanged: int = 0

    async def register(self) -> Registered | None:
        """Bring application and service principal about; None where one is missing and nothing may be changed."""
        document = application_document(self.environment)
        name = str(document.pop("uniqueName"))
        path = f"applications(uniqueName='{name}')"
        application = await self._settled(APPLICATION, f"application {name}", path, document, ("id", "appId"))
        if application is None:
            return None
        known = Registered(tenant_id="", client_id=application["appId"], service_principal_id="", principal_ids={})
        document = service_principal_document(known)
        path = f"servicePrincipals(appId='{document.pop('appId')}')"
        own = ("id", "appOwnerOrganizationId")
        principal = await self._settled(APPLICATION, f"service principal of {name}", path, document, own)
        if principal is None:
            return None
        return replace(known, tenant_id=principal["appOwnerOrganizationId"], service_principal_id=principal["id"])

    async def let_in(self, registered: Registered, outputs: Mapping[str, Any]) -> None:
        """Let the API act for the application, and processes call it.

        Args:
            registered: what `register` returned.
            outputs: of the foundation stack, which tells the client ids of the processes' identities.
        """
        known = await self._identified(registered, outputs)
        folder = f"applications(appId='{known.client_id}')/federatedIdentityCredentials"
        kept = {item.get("name"): item for item in await self.graph.listed(folder)}
        for document in credential_documents(known):
            name = document.pop("name")
            await self._settle(
                ACCESS, f"federated credential {name}", f"{folder}(name='{name}')", document, kept.get(name)
            )
        await self._assign(known)

    def comparison(self, part: str, *, waits: str | None = None) -> Comparison:
        """Return what was found since this was asked last; `waits` names what has to be there before."""
        changes, unchanged = tuple(self._changes), self._unchanged
        self._changes, self._unchanged = [], 0
        return Comparison(
            stack=part, changes=changes, untold=(), unchanged=unchanged, is_deployed=waits is None, waits=waits
        )

    async def _identified(self, registered: Registered, outputs: Mapping[str, Any]) -> Registered:
        names = [API, *(process.name for process in TOPOLOGY.processes if process.roles)]
        found = {
            name: await self.graph.awaited(f"servicePrincipals(appId='{outputs[client_id_output(name)]}')", "id")
            for name in names
        }
        return replace(registered, principal_ids={name: str(principal["id"]) for name, principal in found.items()})

    async def _assign(self, known: Registered) -> None:
        path = f"servicePrincipals/{known.service_principal_id}/appRoleAssignedTo"
        kept = {(item.get("principalId"), item.get("appRoleId")) for item in await self.graph.listed(path)}
        processes = {each: name for name, each in known.principal_ids.items()}
        roles = {permission.id: permission.value for permission in TOPOLOGY.permissions}
        for document in assignment_documents(known):
            who, role = str(document["principalId"]), str(document["appRoleId"])
            if (who, role) in kept:
                self._unchanged += 1
                continue
            what = f"role {roles[role]} of {processes[who]}"
            self._changes.append(Change(resource_id=what, kind=ChangeKind.CREATE))
            if self.tell:
                await self.graph.add(path, document, what=f"the {what}")
                self.tell(ACCESS, f"{what}: created")

    async def _settled(
        self, part: str, what: str, path: str, wanted: Document, own: tuple[str, ...]
    ) -> Mapping[str, Any] | None:
        """Settle one object, and return it with what Graph gives it; None where it is not there after that."""
        there = await self.graph.find(path, *own, *wanted)
        await self._settle(part, what, path, wanted, there)
        if there is None and self.tell:
            return await self.graph.awaited(path, *own)
        return there

    async def _settle(self, part: str, what: str, path: str, wanted: Document, there: Mapping[str, Any] | None) -> None:
        """Find what of one object is not as it should be, and write just that."""
        properties = tuple(differences(there, wanted)) if there is not None else ()
        if there is not None and not properties:
            self._unchanged += 1
            return
        kind = ChangeKind.CREATE if there is None else ChangeKind.MODIFY
        self._changes.append(Change(resource_id=what, kind=kind, properties=properties))
        if not self.tell:
            return
        if there is not None:
            await self._disable_gone(what, path, wanted, there)
        changed = {item.path.partition(".")[0].partition("[")[0] for item in properties}
        body = {name: value for name, value in wanted.items() if there is None or name in changed}
        await self.graph.put(path, body, what=f"the {what}")
        self.tell(part, f"{what}: {'created' if there is None else 'changed'}")

    async def _disable_gone(self, what: str, path: str, wanted: Mapping[str, Any], there: Mapping[str, Any]) -> None:
        """Disable permissions that are no longer declared: Graph refuses to drop enabled ones."""
        roles = without_gone(there.get("appRoles") or (), wanted.get("appRoles") or ())
        name = "oauth2PermissionScopes"
        kept, declared = (cast("Mapping[str, Any]", each.get("api") or {}) for each in (there, wanted))
        scopes = without_gone(kept.get(name) or (), declared.get(name) or ())
        api = {each: value for each, value in kept.items() if each in declared} | {name: scopes}
        body = {**({"appRoles": roles} if roles else {}), **({"api": api} if scopes else {})}
        if body:
            await self.graph.put(path, body, what=f"the {what}")


async def find_application(environment: Environment, graph: MicrosoftGraph) -> str | None:
    """Return the object id of the environment's application, None where there is none."""
    found = await graph.find(f"applications(uniqueName='{_unique_name(environment)}')", "id")
    return None if found is None else str(found["id"])


async def unregister(
    environment: Environment, object_id: str, graph: MicrosoftGraph, tell: Callable[[str], None]
) -> None:
    """Delete the application for good, and with it its service principal and all that it let in.

    Raises `RefusedError` where somebody may delete it but not for good: Entra ID then keeps its name for 30 days.
    """
    name = _unique_name(environment)
    await graph.delete(f"applications/{object_id}", what=f"to delete the application {name}")
    what = f"to delete the application {name} for good; it is deleted, and Entra ID keeps its name for 30 days"
    await graph.purge(object_id, what=what)
    tell(f"{APPLICATION}: {name} is gone, and with it its service principal and whom it let in")


def _unique_name(environment: Environment) -> str:
    return str(application_document(environment)["uniqueName"])
