"""Where to connect, as whom, and with which password at the moment."""

import ssl
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.ports.access_tokens import POSTGRESQL, AccessTokens

SCHEMA = "textnlp"
"""The schema that holds everything of the platform's."""

_OPTIONS = (
    f"-c search_path={SCHEMA},public -c timezone=UTC -c statement_timeout=120s -c lock_timeout=30s"
    " -c idle_in_transaction_session_timeout=600s"
)
_CONNECT_SECONDS = 5
_VERIFIED = "verify-full"
_AUTHORITIES = (Path("/etc/ssl/certs/ca-certificates.crt"), Path("/etc/pki/tls/certs/ca-bundle.crt"))
"""Where Debian and Red Hat keep the authorities that a machine trusts; the driver's own library knows neither."""

_URL_HINT = "Write DATABASE_URL as postgresql://user:password@host:5432/name."
_ENTRA_HINT = "Write DATABASE_URL as postgresql://user@host:5432/name?sslmode=verify-full, the user as in the server."


class DatabaseAddress:
    """A connection string, completed with what every connection of the platform's needs; its own settings win.

    With `tokens` every new connection shows the token of Microsoft Entra ID that is good then as its password, over
    TLS to a server whose certificate and name are verified. The server looks at it when a connection is made and never
    again, so that a connection lives on when its token ends.
    """

    def __init__(self, dsn: str, *, tokens: AccessTokens | None = None) -> None:
        """Raise `INVALID_INPUT` for what is no connection string, or not one for tokens, without repeating it."""
        given = _parsed(dsn)
        if tokens is not None:
            _require_verified(given)
        defaults: dict[str, Any] = {
            "application_name": "textnlp",
            "client_encoding": "UTF8",
            "connect_timeout": _CONNECT_SECONDS,
            "keepalives_idle": 30,
            "tcp_user_timeout": 30_000,
        }
        options = f"{_OPTIONS} {given.pop('options', '')}".strip()
        self._conninfo = make_conninfo("", **(defaults | given), options=options)
        self._tokens = tokens

    async def conninfo(self) -> str:
        """Return what to connect with now; raises what `AccessTokens.token` does."""
        if self._tokens is None:
            return self._conninfo
        token = await self._tokens.token(POSTGRESQL)
        return make_conninfo(self._conninfo, password=token.value)


def address_of(address: str | DatabaseAddress) -> DatabaseAddress:
    """Return an address that may be given as a connection string with everything in it."""
    return DatabaseAddress(address) if isinstance(address, str) else address


def _parsed(dsn: str) -> dict[str, Any]:
    try:
        return dict(conninfo_to_dict(dsn))
    except psycopg.ProgrammingError as exc:
        raise _refused("The address of the database cannot be read.", _URL_HINT) from exc


def _require_verified(given: dict[str, Any]) -> None:
    """Refuse an address that would show the token to a server that has not proved its name; trust as Python does."""
    if not given.get("user") or given.get("password"):
        told = "The address of a database that takes Entra tokens has a user and no password."
        raise _refused(told, _ENTRA_HINT)
    if given.setdefault("sslmode", _VERIFIED) != _VERIFIED:
        told = f"A database that takes Entra tokens is connected to with sslmode={_VERIFIED}, not {given['sslmode']}."
        raise _refused(told, _ENTRA_HINT)
    if not given.get("sslrootcert"):
        given["sslrootcert"] = str(_trusted_authorities())


def _trusted_authorities() -> Path:
    named = ssl.get_default_verify_paths().cafile
    for file in (*((Path(named),) if named else ()), *_AUTHORITIES):
        if file.is_file():
            return file
    told = "No file with the certificate authorities of this machine was found."
    raise _refused(told, "Install ca-certificates, or add sslrootcert=FILE to DATABASE_URL.")


def _refused(told: str, hint: str) -> TextNLPError:
    return TextNLPError(told, kind=ErrorKind.INVALID_INPUT, facts=ErrorFacts(hint=hint))
