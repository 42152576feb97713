"""Connections to a Redis that takes tokens of Microsoft Entra ID, as Azure Managed Redis does.

User and password are those of its documentation: the object id of the identity, and its token for redis.azure.com:
https://learn.microsoft.com/azure/redis/entra-for-authentication
"""

import asyncio
import base64
import binascii
from datetime import timedelta
from typing import Any

import msgspec
from redis.asyncio import BlockingConnectionPool, SSLConnection
from redis.asyncio.connection import parse_url
from redis.credentials import CredentialProvider
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.ports.access_tokens import REDIS, AccessToken, AccessTokens
from textnlp.ports.clock import Clock

_EARLY = timedelta(minutes=3)
_HINT = "Write REDIS_URL as rediss://NAME.REGION.redis.azure.net:10000, without user and password."


class TokenCredentials:
    """The token of the moment, fetched once for all who ask at once.

    Whoever asks may give up: the fetching goes on, so that the next one finds the token.
    """

    def __init__(self, tokens: AccessTokens, *, clock: Clock) -> None:
        self._tokens = tokens
        self._clock = clock
        self._fetching: asyncio.Task[AccessToken] | None = None

    async def token(self) -> AccessToken:
        """Return a token; raises the connection error of Redis where there is none, saying why."""
        if self._fetching is None or self._fetching.done():
            self._fetching = asyncio.create_task(self._tokens.token(REDIS), name="token for Redis")
        try:
            return await asyncio.shield(self._fetching)
        except TextNLPError as error:
            raise RedisConnectionError(error.full_text) from error

    def is_ending(self, token: AccessToken) -> bool:
        """Whether a connection that showed `token` should show another one."""
        return token.expires_at - _EARLY <= self._clock.now()


class EntraConnection(SSLConnection):
    """A connection that is signed in again when it is taken and its token ends within three minutes.

    The server keeps the connection and what was sent on it. One that was idle until its token ended has been closed
    by the server, and is made anew with the token of the moment, as is one that cannot be signed in again.
    """

    def __init__(self, *, credentials: TokenCredentials, **options: Any) -> None:
        self._shown = _ShownCredentials(credentials)
        super().__init__(credential_provider=self._shown, **options)  # pyright: ignore[reportUnknownMemberType]  untyped

    async def connect(self) -> None:
        """Connect if not connected, and show a new token where the one shown is ending."""
        await super().connect()
        if not self._shown.is_ending:
            return
        try:
            shown = self._shown.token
            user, password = await self._shown.get_credentials_async()
            if shown == self._shown.token:
                return
            await self.send_command("AUTH", user, password, check_health=False)
            if await self.read_response() in {b"OK", "OK"}:
                return
        except (RedisError, OSError):
            await self.disconnect()
        await super().connect()


class _ShownCredentials(CredentialProvider):
    """Gives a connection its credentials, and remembers which they were."""

    def __init__(self, credentials: TokenCredentials) -> None:
        self._credentials = credentials
        self.token: AccessToken | None = None

    @property
    def is_ending(self) -> bool:
        return self.token is not None and self._credentials.is_ending(self.token)

    async def get_credentials_async(self) -> tuple[str, str]:
        token = await self._credentials.token()
        self.token = token
        return _object_id(token), token.value


def signed_in_pool(url: str, *, tokens: AccessTokens, clock: Clock, **options: Any) -> BlockingConnectionPool:
    """Return a pool whose connections show tokens, over TLS to a server whose certificate and name are verified.

    Raises `INVALID_INPUT` for an address without TLS, with a user or password, or that asks not to verify; and
    `ValueError` for one that cannot be read.
    """
    given: dict[str, Any] = dict(parse_url(url))
    if given.pop("connection_class", None) is not SSLConnection or {"username", "password"} & given.keys():
        raise _refused("The address of a Redis that takes Entra tokens begins with rediss:// and has no user.")
    if given.get("ssl_cert_reqs", "required") != "required" or not given.get("ssl_check_hostname", True):
        raise _refused("The certificate of a Redis that takes Entra tokens is always verified.")
    return BlockingConnectionPool(
        connection_class=EntraConnection,
        credentials=TokenCredentials(tokens, clock=clock),
        **options,
        **given,
    )


def _object_id(token: AccessToken) -> str:
    """Return the claim `oid`; nobody but the server has to verify the signature."""
    try:
        payload = token.value.split(".")[1]
        claims = msgspec.json.decode(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)), type=_Claims)
    except (IndexError, binascii.Error, msgspec.MsgspecError, UnicodeDecodeError) as exc:
        raise RedisConnectionError("the token of Entra ID does not say whose it is") from exc
    return claims.oid


class _Claims(msgspec.Struct):
    oid: str


def _refused(told: str) -> TextNLPError:
    return TextNLPError(told, kind=ErrorKind.INVALID_INPUT, facts=ErrorFacts(hint=_HINT))
