"""Stands in for Microsoft Graph: applications, service principals, federated credentials and role assignments.

Paths, documents and errors are those of learn.microsoft.com/graph/api, version 1.0. As there, an object is known to
others only a while after it was made, a deleted application keeps its names until it is deleted for good, and what is
enabled is not dropped.
"""

import asyncio
import contextlib
import re
import uuid
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from aiohttp import web

from tests.doubles.azure_callers import valid_token
from tests.doubles.entra import TENANT, Entra
from textnlp_infra.checks.published_types import GraphTypes

Document: TypeAlias = dict[str, Any]
Handler: TypeAlias = "Callable[[MicrosoftGraph, Mapping[str, str], Document], web.Response]"

_KEY = r"\((?P<key>uniqueName|appId)='(?P<id>[^']+)'\)"
_GUID = r"/(?P<id>[^/()]+)"
_MOST_CREDENTIALS = 20


@dataclass(slots=True)
class GraphRefusal(Exception):  # noqa: N818  the word of Graph's answers
    """An error as Graph writes it."""

    code: str
    message: str
    status: int = 400


@dataclass(slots=True)
class Tenant:
    """What a tenant's directory remembers; it outlives the server in front of it.

    Attributes:
        types: published types that documents are checked against, None for none.
        writes: method and path of everything that changed something, in order.
        refuses: what is answered to a write whose path ends so.
        unseen: how many calls after it was made an object is still unknown for.
        busy: how many calls are answered with 429 before the next is taken.
        holds_after: writes after which nothing is answered until `release` is called.
    """

    types: GraphTypes | None = None
    applications: dict[str, Document] = field(default_factory=dict[str, Document])
    principals: dict[str, Document] = field(default_factory=dict[str, Document])
    credentials: dict[str, dict[str, Document]] = field(default_factory=dict[str, dict[str, Document]])
    assignments: list[Document] = field(default_factory=list[Document])
    deleted: dict[str, Document] = field(default_factory=dict[str, Document])
    writes: list[str] = field(default_factory=list[str])
    refuses: dict[str, GraphRefusal] = field(default_factory=dict[str, GraphRefusal])
    unseen: int = 0
    busy: int = 0
    holds_after: int | None = None
    held: asyncio.Event = field(default_factory=asyncio.Event)
    released: asyncio.Event = field(default_factory=asyncio.Event)
    _hidden: dict[str, int] = field(default_factory=dict[str, int])

    def identity(self, client_id: str) -> str:
        """Have the service principal of a managed identity, and return its object id."""
        own = _id(client_id)
        self.principals[own] = {"id": own, "appId": client_id, "appOwnerOrganizationId": None}
        return own

    def hide(self, key: str) -> None:
        """Let the next calls not see what was just made."""
        self._hidden[key] = self.unseen

    def sees(self, key: str) -> bool:
        """Whether an object has come to the server that is asked."""
        left = self._hidden.get(key, 0)
        self._hidden[key] = max(0, left - 1)
        return left == 0

    def check(self, kind: str, document: Mapping[str, Any]) -> None:
        """Refuse what is not of its published type."""
        for what, advice in self.types.faults(kind, document) if self.types else ():
            raise GraphRefusal("Request_BadRequest", f"Invalid value: {what}; {advice}")


@dataclass(slots=True)
class MicrosoftGraph:
    """The double; `environment` makes a process call it, as somebody who may."""

    entra: Entra
    tenant: Tenant
    address: str = ""
    requests: list[str] = field(default_factory=list[str])

    @property
    def environment(self) -> dict[str, str]:
        """See the class."""
        return {**self.entra.environment, "TEXTNLP_MICROSOFT_GRAPH": self.address}

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer a request."""
        path = request.path.removeprefix("/v1.0/")
        self.requests.append(f"{request.method} {path}")
        try:
            return await self._answer(request, path)
        except GraphRefusal as refusal:
            error = {"code": refusal.code, "message": refusal.message, "innerError": {"request-id": str(uuid.uuid4())}}
            return web.json_response({"error": error}, status=refusal.status)

    async def _answer(self, request: web.Request, path: str) -> web.Response:
        if valid_token(request, self.entra.key, audience=self.address) is None:
            raise GraphRefusal("InvalidAuthenticationToken", "Access token validation failure.", 401)
        if self.tenant.busy:
            self.tenant.busy -= 1
            return web.json_response({"error": {"code": "TooManyRequests"}}, status=429, headers={"Retry-After": "0"})
        handle, place = _route(request.method, path)
        body: Document = await request.json() if request.can_read_body else {}
        more = {"prefer": request.headers.get("Prefer", ""), "skip": request.query.get("$skiptoken", "0")}
        if request.method == "GET":
            return handle(self, {**place, **more, "path": path}, body)
        for end, refusal in self.tenant.refuses.items():
            if path.endswith(end):
                raise refusal
        answered = handle(self, {**place, **more}, body)
        self.tenant.writes.append(f"{request.method} {path}")
        if len(self.tenant.writes) == self.tenant.holds_after:
            self.tenant.held.set()
            await self.tenant.released.wait()
        return answered

    def find(self, objects: Mapping[str, Document], place: Mapping[str, str]) -> Document | None:
        """Return the object that a path names by its id or by another key of it."""
        key = place.get("key", "id")
        found = next((each for each in objects.values() if each[key] == place["id"]), None)
        return found if found is not None and self.tenant.sees(found["id"]) else None

    def application(self, place: Mapping[str, str]) -> Document:
        """Return the application that a path names."""
        return _there(self.find(self.tenant.applications, place), place)

    def page(self, place: Mapping[str, str], found: list[Document]) -> web.Response:
        """Answer with one object a page, and where the next one is."""
        at = int(place["skip"])
        told: Document = {"value": found[at : at + 1]}
        if len(found) > at + 1:
            told["@odata.nextLink"] = f"{self.address}/v1.0/{place['path']}?$skiptoken={at + 1}"
        return web.json_response(told)


@contextlib.asynccontextmanager
async def running_graph(entra: Entra, tenant: Tenant) -> AsyncGenerator[MicrosoftGraph]:
    """Run the double."""
    double = MicrosoftGraph(entra, tenant)
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", double.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=entra.certificates.server_context).start()
    double.address = f"https://localhost:{runner.addresses[0][1]}"
    try:
        yield double
    finally:
        tenant.released.set()
        await runner.cleanup()


def _route(method: str, path: str) -> tuple[Handler, Mapping[str, str]]:
    for known, pattern, handle in _ROUTES:
        match = re.fullmatch(pattern, path)
        if match and known == method:
            return handle, match.groupdict()
    raise GraphRefusal("BadRequest", f"Resource not found for the segment '{path}'.")


def _get_application(graph: MicrosoftGraph, place: Mapping[str, str], _: Document) -> web.Response:
    return web.json_response(graph.application(place))


def _put_application(graph: MicrosoftGraph, place: Mapping[str, str], body: Document) -> web.Response:
    tenant, name = graph.tenant, place["id"]
    there = next((each for each in tenant.applications.values() if each["uniqueName"] == name), None)
    if there is None and place["prefer"] != "create-if-missing":
        raise _missing(name)
    tenant.check("applications", {"displayName": "x", **body, "uniqueName": name})
    for taken in (*tenant.applications.values(), *tenant.deleted.values()):
        if taken is not there:
            _require_free(taken, name, body)
    if there is not None:
        _require_nothing_enabled_goes(there, body)
        there.update(_stored(body))
        return web.Response(status=204)
    own = _id(f"{name} {len(tenant.writes)}")
    made: Document = {"id": own, "appId": _id(own), "uniqueName": name, **_stored(body)}
    tenant.applications[own] = made
    tenant.hide(own)
    return web.json_response(made, status=201)


def _require_free(taken: Document, name: str, body: Document) -> None:
    said = "Another object with the same value for property {} already exists."
    if taken["uniqueName"] == name:
        raise GraphRefusal("Request_BadRequest", said.format("uniqueName"))
    if set(taken.get("identifierUris", ())) & set(body.get("identifierUris", ())):
        raise GraphRefusal("Request_BadRequest", said.format("identifierUris"))


def _permissions(document: Document) -> Iterator[Document]:
    yield from document.get("appRoles", ())
    yield from document.get("api", {}).get("oauth2PermissionScopes", ())


def _require_nothing_enabled_goes(there: Document, body: Document) -> None:
    stays = {each["id"] for each in _permissions({**there, **body})}
    if any(each["isEnabled"] and each["id"] not in stays for each in _permissions(there)):
        message = "Permission (scope or role) cannot be deleted or updated unless disabled first."
        raise GraphRefusal("CannotDeleteOrUpdateEnabledEntitlement", message)


def _stored(body: Document) -> Document:
    """Return fields as Graph shows them afterwards, with what it adds of its own."""
    if "appRoles" in body:
        return {**body, "appRoles": [{**each, "origin": "Application"} for each in body["appRoles"]]}
    return body


def _delete_application(graph: MicrosoftGraph, place: Mapping[str, str], _: Document) -> web.Response:
    tenant = graph.tenant
    gone = graph.application(place)
    tenant.deleted[gone["id"]] = tenant.applications.pop(gone["id"])
    tenant.hide(gone["id"])
    tenant.credentials.pop(gone["id"], None)
    for own in [own for own, each in tenant.principals.items() if each["appId"] == gone["appId"]]:
        del tenant.principals[own]
        tenant.assignments = [each for each in tenant.assignments if each["resourceId"] != own]
    return web.Response(status=204)


def _get_deleted(graph: MicrosoftGraph, place: Mapping[str, str], _: Document) -> web.Response:
    return web.json_response(_there(graph.find(graph.tenant.deleted, place), place))


def _purge(graph: MicrosoftGraph, place: Mapping[str, str], _: Document) -> web.Response:
    del graph.tenant.deleted[_there(graph.find(graph.tenant.deleted, place), place)["id"]]
    return web.Response(status=204)


def _get_principal(graph: MicrosoftGraph, place: Mapping[str, str], _: Document) -> web.Response:
    return web.json_response(_there(graph.find(graph.tenant.principals, place), place))


def _put_principal(graph: MicrosoftGraph, place: Mapping[str, str], body: Document) -> web.Response:
    tenant, client_id = graph.tenant, place["id"]
    tenant.check("servicePrincipals", {**body, "appId": client_id})
    there = next((each for each in tenant.principals.values() if each["appId"] == client_id), None)
    if there is not None:
        there.update(body)
        return web.Response(status=204)
    if graph.find(tenant.applications, {"key": "appId", "id": client_id}) is None:
        message = f"The appId '{client_id}' of the service principal does not reference a valid application object."
        raise GraphRefusal("Request_BadRequest", message)
    own = _id(f"principal of {client_id}")
    made = {"id": own, "appId": client_id, "appOwnerOrganizationId": TENANT, **body}
    tenant.principals[own] = made
    tenant.hide(own)
    return web.json_response(made, status=201)


def _list_credentials(graph: MicrosoftGraph, place: Mapping[str, str], _: Document) -> web.Response:
    own = graph.application(place)["id"]
    return graph.page(place, list(graph.tenant.credentials.get(own, {}).values()))


def _put_credential(graph: MicrosoftGraph, place: Mapping[str, str], body: Document) -> web.Response:
    kept = graph.tenant.credentials.setdefault(graph.application(place)["id"], {})
    name = place["name"]
    graph.tenant.check("applications/federatedIdentityCredentials", {**kept.get(name, {}), **body, "name": name})
    made = {**kept.get(name, {}), **body, "name": name}
    if any((each["issuer"], each["subject"]) == (made["issuer"], made["subject"]) for each in kept.values()):
        message = "FederatedIdentityCredential with value of issuer and subject already exists on this application."
        raise GraphRefusal("Request_MultipleObjectsWithSameKeyValue", message, 409)
    is_new = name not in kept
    if is_new and len(kept) == _MOST_CREDENTIALS:
        raise GraphRefusal("Request_BadRequest", "The application has 20 federated identity credentials.")
    kept[name] = made
    return web.json_response(made, status=201) if is_new else web.Response(status=204)


def _list_assignments(graph: MicrosoftGraph, place: Mapping[str, str], _: Document) -> web.Response:
    _there(graph.find(graph.tenant.principals, place), place)
    return graph.page(place, [each for each in graph.tenant.assignments if each["resourceId"] == place["id"]])


def _add_assignment(graph: MicrosoftGraph, place: Mapping[str, str], body: Document) -> web.Response:
    tenant = graph.tenant
    tenant.check("appRoleAssignedTo", body)
    resource = _there(graph.find(tenant.principals, place), place)
    _there(tenant.principals.get(body["principalId"]), {"id": body["principalId"]})
    application = next(each for each in tenant.applications.values() if each["appId"] == resource["appId"])
    if body["appRoleId"] not in {role["id"] for role in application["appRoles"]}:
        raise GraphRefusal("Request_BadRequest", "Permission being assigned was not found on application")
    if body in tenant.assignments:
        raise GraphRefusal("Request_BadRequest", "Permission being assigned already exists on the object")
    tenant.assignments.append(body)
    return web.json_response(body, status=201)


def _there(found: Document | None, place: Mapping[str, str]) -> Document:
    if found is None:
        raise _missing(place["id"])
    return found


def _missing(name: str) -> GraphRefusal:
    message = f"Resource '{name}' does not exist or one of its queried reference-property objects are not present."
    return GraphRefusal("Request_ResourceNotFound", message, 404)


def _id(of: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, of))


_ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", f"applications{_KEY}", _get_application),
    ("PATCH", f"applications{_KEY}", _put_application),
    ("DELETE", f"applications{_GUID}", _delete_application),
    ("GET", f"applications{_KEY}/federatedIdentityCredentials", _list_credentials),
    ("PATCH", rf"applications{_KEY}/federatedIdentityCredentials\(name='(?P<name>[^']+)'\)", _put_credential),
    ("GET", f"servicePrincipals{_KEY}", _get_principal),
    ("PATCH", f"servicePrincipals{_KEY}", _put_principal),
    ("GET", f"servicePrincipals{_GUID}/appRoleAssignedTo", _list_assignments),
    ("POST", f"servicePrincipals{_GUID}/appRoleAssignedTo", _add_assignment),
    ("GET", f"directory/deletedItems{_GUID}", _get_deleted),
    ("DELETE", f"directory/deletedItems{_GUID}", _purge),
)
