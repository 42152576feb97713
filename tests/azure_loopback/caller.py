"""Whoever calls the platform: with a token of the issuer, each call in a trace of its own."""

import asyncio
import contextlib
import secrets
import time
from collections.abc import AsyncGenerator, Callable
from typing import Any

import aiohttp

from tests.doubles.mock_issuer import MockIssuer
from textnlp.topology.scopes import ADMIN, AUDIENCE, READ_WRITE_ALL

CALLER = "loopback"
"""Who the ledger of usage says called."""

_WAIT_SECONDS = 120.0
_PAUSE_SECONDS = 0.1


class Caller:
    """Calls the platform at `address`; raises `AssertionError` with the answer for one that was not expected."""

    def __init__(self, session: aiohttp.ClientSession, address: str) -> None:
        self._session = session
        self.address = address

    async def get(self, path: str, *, status: tuple[int, ...] = (200,), trace_id: str | None = None) -> Any:
        """Return the JSON at a path."""
        headers = None if trace_id is None else _within(trace_id)
        async with self._session.get(self.address + path, headers=headers) as response:
            assert response.status in status, f"{path}: {response.status} {await response.text()}"
            return await response.json()

    async def post(self, path: str, body: Any, *, trace_id: str, status: int = 200) -> Any:
        """Send JSON as a part of the trace, and return the JSON of the answer."""
        async with self._session.post(self.address + path, json=body, headers=_within(trace_id)) as response:
            assert response.status == status, f"{path}: {response.status} {await response.text()}"
            assert response.headers["traceresponse"].split("-")[1] == trace_id
            return await response.json()

    async def stream(self, path: str, body: Any, *, trace_id: str) -> list[str]:
        """Send JSON, and return the data of each server-sent event of the answer."""
        async with self._session.post(self.address + path, json=body, headers=_within(trace_id)) as response:
            assert response.status == 200, f"{path}: {response.status} {await response.text()}"
            lines = (await response.text()).splitlines()
        return [line.removeprefix("data: ") for line in lines if line.startswith("data: ")]

    async def until(self, path: str, is_so: Callable[[Any], bool], *, status: tuple[int, ...] = (200,)) -> Any:
        """Ask for the JSON at a path until it is so, and return it."""
        deadline = time.monotonic() + _WAIT_SECONDS
        while not is_so(shown := await self.get(path, status=status)):
            assert time.monotonic() < deadline, f"{path} is still {shown}"
            await asyncio.sleep(_PAUSE_SECONDS)
        return shown


async def make_token(issuer: MockIssuer) -> str:
    """Return a token of somebody who may do everything."""
    roles = [READ_WRITE_ALL, ADMIN]
    return await issuer.token(aud=AUDIENCE, sub=CALLER, oid=CALLER, appid=CALLER, roles=roles)


@contextlib.asynccontextmanager
async def calling(address: str, issuer: MockIssuer) -> AsyncGenerator[Caller]:
    """Open a caller that may do everything."""
    headers = {"Authorization": f"Bearer {await make_token(issuer)}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        yield Caller(session, address)


def make_trace_id() -> str:
    """Return the id of a trace, as a gateway makes it that traces itself."""
    return secrets.token_hex(16)


def _within(trace_id: str) -> dict[str, str]:
    return {"traceparent": f"00-{trace_id}-{secrets.token_hex(8)}-01"}
