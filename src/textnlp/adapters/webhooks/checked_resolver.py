"""Host names looked up so that what is not on the open internet is never connected to."""

import errno
import ipaddress
import socket
from typing import Any

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import DefaultResolver

from textnlp.domain.public_address import is_public, require_public

_ADDRESS = 4
"""Place of the socket address in what `getaddrinfo` returns."""


class CheckedResolver(AbstractResolver):
    """Looks names up as the system does, and raises `INVALID_INPUT` when one of a name's addresses is not public.

    A name that has a private address beside a public one is refused as a whole: which of them is taken would be luck.
    """

    def __init__(self, resolver: AbstractResolver | None = None) -> None:
        self._resolver = resolver or DefaultResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the addresses of a name; raise `OSError` for a name that is not known."""
        found = await self._resolver.resolve(host, port, family)
        for each in found:
            require_public(ipaddress.ip_address(each["host"]))
        return found

    async def close(self) -> None:
        """Close the resolver behind."""
        await self._resolver.close()


def open_public_socket(info: Any) -> socket.socket:
    """Open a socket for an entry of `getaddrinfo`; raise `PermissionError` when its address is not public.

    Every connection comes by here, those to addresses that no name was looked up for, too. Of several addresses the
    others are tried after an `OSError`, and after no other error.
    """
    family, kind, protocol = info[:3]
    if not is_public(ipaddress.ip_address(info[_ADDRESS][0])):
        raise PermissionError(errno.EACCES, "the address is not public")
    return socket.socket(family, kind, protocol)
