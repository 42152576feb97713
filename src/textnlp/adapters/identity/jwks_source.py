"""The keys of an issuer, found through its discovery document (OpenID Connect Discovery 1.0; RFC 8414, RFC 7517)."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from textnlp.adapters.identity.issuer_http import (
    DISCOVERY_PATH,
    is_trustworthy,
    issuer_away,
    issuer_session,
    read_document,
)
from textnlp.domain.errors import invalid_input
from textnlp.domain.identity.refusals import shown


class _Discovery(msgspec.Struct):
    issuer: str
    jwks_uri: str


class _KeySet(msgspec.Struct):
    keys: list[dict[str, Any]]


class JwksSource:
    """Fetches keys over HTTPS; over plain HTTP only from this machine, since who can change keys can forge callers.

    Raises `INVALID_INPUT` for an issuer that is no such URL.
    """

    def __init__(self, issuer: str, *, proxy: str | None = None) -> None:
        if not is_trustworthy(issuer) or "?" in issuer:
            raise invalid_input(
                f"The issuer {shown(issuer)} must be an https URL, or an http URL on this machine.", field="issuer"
            )
        self._issuer = issuer
        self._proxy = proxy

    async def fetch(self) -> Sequence[Mapping[str, object]]:
        """Return the issuer's keys as they stand in its key set, within 10 s and 1 MB a document.

        Raises `UNAVAILABLE` when either document cannot be had, is malformed, or is another issuer's.
        """
        async with issuer_session(self._proxy) as session:
            found = await read_document(session, f"{self._issuer.rstrip('/')}{DISCOVERY_PATH}", _Discovery)
            if found.issuer != self._issuer:
                raise issuer_away(f"{self._issuer} describes itself as {shown(found.issuer)}.")
            if not is_trustworthy(found.jwks_uri):
                raise issuer_away(f"{self._issuer} keeps its keys at {shown(found.jwks_uri)}, which is not https.")
            return (await read_document(session, found.jwks_uri, _KeySet)).keys
