"""Usage and budgets of a running platform."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, TypeVar
from urllib.parse import quote

import msgspec

from textnlp.cli.server_client import ServerClient
from textnlp.cli.server_errors import error_in

_USAGE = "/api/v1/usage"
_BUDGETS = "/api/v1/budgets"
_OK = 200
_Shape = TypeVar("_Shape")


class RemoteTokens(msgspec.Struct, kw_only=True):
    """Tokens of some calls; cached and reasoning tokens are parts of the first two."""

    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int
    reasoning_tokens: int


class RemoteGroup(msgspec.Struct, kw_only=True):
    """The calls of one day, model, client or batch; cost in US dollars, without calls whose price is not known."""

    key: str | None
    calls: int
    failed: int
    cancelled: int
    unpriced: int
    usage: RemoteTokens
    cost: Decimal


class RemoteUsage(msgspec.Struct, kw_only=True):
    """Usage, group by group, of the time from `since` to just before `until`."""

    by: str
    since: str
    until: str
    groups: list[RemoteGroup]


class RemoteBudget(msgspec.Struct, kw_only=True):
    """A budget and how it stands in its present period, in its unit."""

    id: str
    tenant: str
    scope: str
    value: str
    period: str
    unit: str
    limit: Decimal
    warn_share: float
    period_start: str
    spent: Decimal
    reserved: Decimal
    left: Decimal
    is_warning: bool


class RemoteBudgets(msgspec.Struct, kw_only=True):
    """All budgets of a tenant."""

    budgets: list[RemoteBudget]


async def fetch_usage(client: ServerClient, query: Mapping[str, str]) -> RemoteUsage:
    """Return what was used."""
    return _decoded(client, await client.body("GET", _USAGE, params=query), RemoteUsage)


async def fetch_usage_table(client: ServerClient, query: Mapping[str, str]) -> bytes:
    """Return what was used as CSV, as the platform writes it."""
    return await client.body("GET", _USAGE, params={**query, "format": "csv"})


async def fetch_budgets(client: ServerClient) -> list[RemoteBudget]:
    """Return the budgets and how they stand."""
    return _decoded(client, await client.body("GET", _BUDGETS), RemoteBudgets).budgets


async def create_budget(client: ServerClient, document: Mapping[str, Any]) -> RemoteBudget:
    """Set a budget and return how it stands."""
    return _decoded(client, await client.body("POST", _BUDGETS, json=document), RemoteBudget)


async def delete_budget(client: ServerClient, budget_id: str) -> None:
    """Remove a budget."""
    await client.body("DELETE", f"{_BUDGETS}/{quote(budget_id, safe='')}")


def _decoded(client: ServerClient, body: bytes, shape: type[_Shape]) -> _Shape:
    try:
        return msgspec.json.decode(body, type=shape)
    except msgspec.DecodeError as exc:
        raise error_in(body, status=_OK, server=client.server) from exc
