"""A client of the platform that the settings name."""

import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from textnlp.cli.run_loop import run_interruptible
from textnlp.domain.loopback import is_loopback
from textnlp.settings import Settings, read_settings

if TYPE_CHECKING:
    from textnlp.client import AsyncClient

_Result = TypeVar("_Result")

_ADDRESS_HINT = "--server URL, or TEXTNLP_SERVER"


@contextlib.asynccontextmanager
async def open_client(settings: Settings, *, permissions: Iterable[str] = ()) -> AsyncGenerator["AsyncClient"]:
    """Connect to the platform that the settings name, or to the one on this machine.

    Sends the token of the settings; to this machine, where they have none, one that its own key signed, with
    `permissions`, or those that `own_token` gives where none is named. Nothing is tried twice: a person who waits is
    told at once. Raises `INVALID_INPUT` for no address.
    """
    # httpx, which work on this machine does not need
    from textnlp.client import AsyncClient  # noqa: PLC0415
    from textnlp.client.connection import DEFAULT_SERVER  # noqa: PLC0415

    address = settings.server or DEFAULT_SERVER
    token = settings.token or (_own_token(settings, permissions) if is_loopback(_host(address)) else None)
    async with AsyncClient(address, token=token, retries=0, address_hint=_ADDRESS_HINT) as client:
        yield client


def call_server(
    server: str | None, work: Callable[["AsyncClient"], Awaitable[_Result]], *, permissions: Iterable[str] = ()
) -> _Result:
    """Return what `work` does with a client of the platform at `server`, or of the one that the settings name.

    Raises what `open_client` and `run_interruptible` raise.
    """
    settings = read_settings(server=server)

    async def called() -> _Result:
        async with open_client(settings, permissions=permissions) as client:
            return await work(client)

    return run_interruptible(called)


def _own_token(settings: Settings, permissions: Iterable[str]) -> str:
    from textnlp.bootstrap.local_identity import own_token  # noqa: PLC0415  cryptography, for this alone

    return own_token(settings, permissions).text


def _host(address: str) -> str:
    return urlsplit(address).hostname or ""
