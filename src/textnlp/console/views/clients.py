"""Clients and their API keys: listed, registered, revoked."""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath

from textnlp.api.caller import principal_of
from textnlp.api.dependencies import services_of
from textnlp.api.openapi import described
from textnlp.application.register_client import register_client
from textnlp.console.page import page, send_on
from textnlp.console.query import read_filled_in
from textnlp.domain.identifiers import ClientId
from textnlp.domain.identity.client import Client, ClientRequest
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.scopes import ADMIN, READ, WRITE

_CLIENTS = "/console/clients"
_SECTION = "clients"
_PERMISSIONS = {READ: "Read", WRITE: "Write", ADMIN: "Administer"}


class ClientForm(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What a client is registered with; its key never expires where `days` is left blank."""

    name: Annotated[str, msgspec.Meta(max_length=256)]
    days: Annotated[int, msgspec.Meta(ge=1, le=3650)] | None = None
    tenant: Annotated[str, msgspec.Meta(max_length=256)] | None = None
    may_read: bool = False
    may_write: bool = False
    may_administer: bool = False

    def request(self, *, tenant: str, now: datetime) -> ClientRequest:
        """Return it as the register takes it, in the tenant of whoever asks where none is named."""
        ticked = ((self.may_read, READ), (self.may_write, WRITE), (self.may_administer, ADMIN))
        return ClientRequest(
            name=self.name,
            permissions=tuple(permission for is_ticked, permission in ticked if is_ticked),
            tenant=self.tenant or tenant,
            expires_at=None if self.days is None else now + timedelta(days=self.days),
        )


@get(_CLIENTS, opt=described(grant=ADMIN))
async def list_clients(request: Request[Any, Any, Any]) -> Response[str]:
    """Show the clients of all tenants, newest first, and the form that registers one."""
    return await _listing(request)


@post(_CLIENTS, status_code=HTTPStatus.OK, opt=described(grant=ADMIN))
async def create_client(request: Request[Any, Any, Any]) -> Response[str]:
    """Register a client, and show its key this once."""
    platform = services_of(request.scope).platform
    now = platform.clock.now()
    asked = await read_filled_in(request, ClientForm)
    made = asked.request(tenant=principal_of(request.scope).tenant, now=now)
    client, key = await register_client(platform.gateway.clients, made, now=now)
    return await _listing(request, made=client, key=key.text)


@post(f"{_CLIENTS}/{{client_id:str}}/revoke", opt=described(grant=ADMIN))
async def revoke_client(request: Request[Any, Any, Any], client_id: FromPath[str]) -> Response[Any]:
    """Let a client's key, and the tokens that it got with it, open nothing."""
    platform = services_of(request.scope).platform
    await platform.gateway.clients.revoke(ClientId(client_id), platform.clock.now())
    return send_on(request, _CLIENTS)


async def _listing(
    request: Request[Any, Any, Any], *, made: Client | None = None, key: str | None = None
) -> Response[str]:
    clients = await services_of(request.scope).platform.gateway.clients.list(None)
    return page(
        request,
        "clients/list.html",
        section=_SECTION,
        title="Clients and keys",
        clients=list(reversed(clients)),
        permissions=_PERMISSIONS,
        call_limits=TOPOLOGY.call_limits,
        tenant=principal_of(request.scope).tenant,
        made=made,
        key=key,
    )


PAGES = (list_clients, create_client, revoke_client)
