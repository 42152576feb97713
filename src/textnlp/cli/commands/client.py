"""`textnlp client …`: who may call the platform with an API key."""

import json
import sys
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console
from rich.table import Table

from textnlp.application.register_client import register_client
from textnlp.bootstrap.clock import SYSTEM_CLOCK
from textnlp.bootstrap.database_wiring import open_clients
from textnlp.cli.run_loop import run_interruptible
from textnlp.domain.errors import invalid_input
from textnlp.domain.identifiers import ClientId
from textnlp.domain.identity.client import Client, ClientRequest, changed_limits
from textnlp.domain.identity.refusals import no_such_client
from textnlp.domain.identity.tenant import LOCAL_TENANT
from textnlp.ports.client_registry import ClientRegistry
from textnlp.settings import read_settings
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.limits import QUOTA, RATE_LIMIT, TOKEN_LIMIT
from textnlp.topology.scopes import READ, WRITE

_Result = TypeVar("_Result")
_Json = Annotated[bool, typer.Option("--json", help="Print JSON, one object a line.")]
_Id = Annotated[str, typer.Argument(metavar="ID", help="The client, as `client list` names it.")]


def create(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What people call it.")],
    *,
    scope: Annotated[
        list[str] | None,
        typer.Option(help="Permission that it has; may be repeated. Read and write where none is named."),
    ] = None,
    tenant: Annotated[str, typer.Option(help="Whose data it sees.")] = LOCAL_TENANT,
    days: Annotated[int | None, typer.Option(min=1, help="Days until its key expires; never where unset.")] = None,
    limit: Annotated[
        list[str] | None,
        typer.Option(help="NAME=N: a limit of its own in place of everybody's; may be repeated."),
    ] = None,
    as_json: _Json = False,
) -> None:
    """Register a client and print its API key, which cannot be shown again."""
    now = SYSTEM_CLOCK.now()
    request = ClientRequest(
        name=name,
        permissions=tuple(scope or (READ, WRITE)),
        tenant=tenant,
        expires_at=None if days is None else now + timedelta(days=days),
        call_limits=tuple(_limit(each) for each in limit or ()),
    )
    client, key = _with_registry(lambda registry: register_client(registry, request, now=now))
    if as_json:
        sys.stdout.write(json.dumps({**_facts(client), "api_key": key.text}) + "\n")
        return
    sys.stdout.write(key.text + "\n")
    typer.echo(f"This is the key of {client.id}; keep it, it is not shown again.", err=True)


def list_clients(*, as_json: _Json = False) -> None:
    """List clients, oldest first."""
    clients = _with_registry(lambda registry: registry.list(None))
    if as_json:
        sys.stdout.writelines(json.dumps(_facts(client)) + "\n" for client in clients)
        return
    table = Table("client", "name", "key", "tenant", "limits", "state", box=None, header_style="dim", pad_edge=False)
    for client in clients:
        own = ", ".join(f"{name}={allowed}" for name, allowed in client.call_limits)
        table.add_row(
            client.id, client.name, f"tnlp_{client.key_prefix}…", client.tenant, own or "everybody's", _state(client)
        )
    Console().print(table)


def limits(
    client_id: _Id,
    *,
    calls_per_minute: Annotated[int | None, typer.Option(min=1, help="Calls in any minute.")] = None,
    tokens_per_minute: Annotated[int | None, typer.Option(min=1, help="Tokens in any minute.")] = None,
    calls_per_month: Annotated[int | None, typer.Option(min=1, help="Calls in 30 days.")] = None,
    is_reset: Annotated[bool, typer.Option("--reset", help="Give it everybody's limits first.")] = False,
    as_json: _Json = False,
) -> None:
    """Show what a client may use, or change it; a running platform follows within ten seconds."""
    asked = {RATE_LIMIT: calls_per_minute, TOKEN_LIMIT: tokens_per_minute, QUOTA: calls_per_month}
    changes = {name: allowed for name, allowed in asked.items() if allowed is not None}
    client = _with_registry(lambda registry: _changed(registry, ClientId(client_id), changes, is_reset=is_reset))
    if as_json:
        sys.stdout.write(json.dumps(_facts(client)) + "\n")
        return
    own = dict(client.call_limits)
    table = Table("limit", "allowed", "", box=None, header_style="dim", pad_edge=False)
    for limit in TOPOLOGY.call_limits:
        allowed = f"{own.get(limit.name, limit.allowed):,} {limit.counts} in {limit.renewal_seconds:,} s"
        table.add_row(limit.name, allowed, "its own" if limit.name in own else "everybody's")
    Console().print(table)


def revoke(client_id: _Id) -> None:
    """Let a client's key, and the tokens it got with it, open nothing; a running platform follows in ten seconds."""
    client = _with_registry(lambda registry: registry.revoke(ClientId(client_id), SYSTEM_CLOCK.now()))
    typer.echo(f"{client.id} ({client.name}) is revoked.")


async def _changed(
    registry: ClientRegistry, client_id: ClientId, changes: Mapping[str, int], *, is_reset: bool
) -> Client:
    """Return a client, with the limits it has after the changes, if there are any."""
    client = await registry.find(client_id)
    if client is None:
        raise no_such_client(client_id)
    if not changes and not is_reset:
        return client
    return await registry.set_limits(client_id, changed_limits(client, changes, is_reset=is_reset))


def _with_registry(use: Callable[[ClientRegistry], Awaitable[_Result]]) -> _Result:
    async def run() -> _Result:
        async with open_clients(read_settings()) as registry:
            return await use(registry)

    return run_interruptible(run)


def _limit(text: str) -> tuple[str, int]:
    name, _, number = text.partition("=")
    if not number.isdecimal():
        raise invalid_input(f"{text!r} is not NAME=N, such as rate-limit=60.", field="limit")
    return name, int(number)


def _state(client: Client) -> str:
    if client.revoked_at is not None:
        return "revoked"
    if client.expires_at is not None and client.expires_at <= SYSTEM_CLOCK.now():
        return "expired"
    return f"last used {client.last_used_at:%Y-%m-%d %H:%M}" if client.last_used_at else "never used"


def _facts(client: Client) -> dict[str, Any]:
    return {
        "client_id": client.id,
        "name": client.name,
        "tenant": client.tenant,
        "grants": sorted(client.grants),
        "key_prefix": client.key_prefix,
        "created_at": client.created_at.isoformat(),
        "expires_at": client.expires_at.isoformat() if client.expires_at else None,
        "revoked_at": client.revoked_at.isoformat() if client.revoked_at else None,
        "last_used_at": client.last_used_at.isoformat() if client.last_used_at else None,
        "call_limits": dict(client.call_limits),
    }
