"""Signing people in at an OpenID Connect issuer: authorization code with PKCE (RFC 6749, RFC 7636, RFC 9700)."""

import base64
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import quote, urlencode, urlsplit

import msgspec

from textnlp.adapters.identity.issuer_http import (
    DISCOVERY_PATH,
    decode_answer,
    is_trustworthy,
    issuer_away,
    issuer_session,
    post_form,
    read_document,
)
from textnlp.adapters.identity.signed_claims import signed_claims
from textnlp.adapters.identity.signing_keys import SigningKeys
from textnlp.domain.errors import TextNLPError, invalid_input
from textnlp.domain.identity.id_token import require_id_token
from textnlp.domain.identity.refusals import shown, unauthenticated
from textnlp.domain.identity.session import GrantedTokens
from textnlp.ports.clock import Clock

_DESCRIBED_SECONDS = 3600.0
_DEFAULT_SECONDS = 600
_MOST_SECONDS = 86_400
_BASIC = "client_secret_basic"
_ENDED = "invalid_grant"
_REFUSED = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})

ReadSecret = Callable[[], Awaitable[str]]
"""Returns the secret of the platform as the issuer's client, as it is at present."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OidcClient:
    """What the platform is to the issuer.

    Attributes:
        secret: None for a public client, which PKCE alone protects.
        scope: what is asked for; `openid` is in it.
    """

    issuer: str
    client_id: str
    scope: str
    secret: ReadSecret | None = field(default=None, repr=False)


class _Description(msgspec.Struct):
    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    revocation_endpoint: str | None = None
    token_endpoint_auth_methods_supported: list[str] = msgspec.field(default_factory=lambda: [_BASIC])
    authorization_response_iss_parameter_supported: bool = False


class _Tokens(msgspec.Struct):
    access_token: str
    refresh_token: str | None = None
    id_token: str | None = None
    expires_in: int | str = _DEFAULT_SECONDS


class _Refusal(msgspec.Struct):
    error: str = ""


class OidcSignIn:
    """Satisfies the `SignInIssuer` port with whatever the issuer says of itself, looked up once an hour."""

    def __init__(self, client: OidcClient, *, keys: SigningKeys, clock: Clock) -> None:
        self._client = client
        self._keys = keys
        self._clock = clock
        self._described: tuple[float, _Description] | None = None

    @property
    def shown_name(self) -> str:
        """Its host."""
        return urlsplit(self._client.issuer).hostname or self._client.issuer

    async def address(self, *, redirect_uri: str, state: str, nonce: str, challenge: str) -> str:
        """Return its authorization endpoint with the request in it."""
        endpoint = (await self._description()).authorization_endpoint
        fields = {
            "response_type": "code",
            "client_id": self._client.client_id,
            "redirect_uri": redirect_uri,
            "scope": self._client.scope,
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(fields)}"

    async def require_answer_of_own(self, issuer: str | None) -> None:
        """Return where an answer names it, or none where it does not say that it does so."""
        if issuer == self._client.issuer:
            return
        if issuer is None and not (await self._description()).authorization_response_iss_parameter_supported:
            return
        raise invalid_input(f"The answer is one of {shown(issuer or '')}, which was not asked.", field="iss")

    async def redeem(self, code: str, *, redirect_uri: str, verifier: str, nonce: str) -> GrantedTokens:
        """Return the tokens for a code.

        Raises `UNAUTHENTICATED` where the id token that comes with them is missing, or not for this sign-in.
        """
        fields = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        tokens = await self._tokens(fields, field_name="code")
        if tokens.id_token is None:
            raise unauthenticated("The issuer gave no id token.", hint="The scope openid has to be asked for.")
        claims = await signed_claims(tokens.id_token, self._keys)
        require_id_token(
            claims,
            issuer=self._client.issuer,
            client_id=self._client.client_id,
            nonce=nonce,
            now=self._clock.now(),
        )
        return _granted(tokens)

    async def renew(self, refresh_token: str) -> GrantedTokens:
        """Return the next tokens."""
        fields = {"grant_type": "refresh_token", "refresh_token": refresh_token, "scope": self._client.scope}
        return _granted(await self._tokens(fields, field_name="refresh_token"))

    async def revoke(self, token: str) -> None:
        """Revoke a token where the issuer has an endpoint for it (RFC 7009)."""
        endpoint = (await self._description()).revocation_endpoint
        if endpoint is not None:
            await self._post(endpoint, {"token": token})

    async def aclose(self) -> None:
        """Give up fetching keys."""
        await self._keys.aclose()

    async def _tokens(self, fields: Mapping[str, str], *, field_name: str) -> _Tokens:
        endpoint = (await self._description()).token_endpoint
        status, body = await self._post(endpoint, fields)
        if status == HTTPStatus.OK:
            return decode_answer(body, endpoint, _Tokens)
        if status in _REFUSED:
            code = decode_answer(body, endpoint, _Refusal).error
            if code == _ENDED:
                raise invalid_input(f"{self._client.issuer} does not take the {field_name}.", field=field_name)
            # Such as a wrong secret of the platform: the person has done nothing wrong and stays signed in.
            raise issuer_away(f"{self._client.issuer} gave no tokens: {shown(code)}.")
        raise issuer_away(f"{endpoint} answered {status}.")

    async def _post(self, endpoint: str, fields: Mapping[str, str]) -> tuple[int, bytes]:
        secret = None if self._client.secret is None else await self._client.secret()
        client_id = self._client.client_id
        headers = {"Accept": "application/json"}
        sent = dict(fields)
        if secret is not None and _BASIC in (await self._description()).token_endpoint_auth_methods_supported:
            pair = f"{quote(client_id, safe='')}:{quote(secret, safe='')}"
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        else:
            sent |= {"client_id": client_id, **({} if secret is None else {"client_secret": secret})}
        async with issuer_session() as session:
            return await post_form(session, endpoint, sent, headers)

    async def _description(self) -> _Description:
        now = self._clock.monotonic()
        if self._described is not None and now - self._described[0] < _DESCRIBED_SECONDS:
            return self._described[1]
        issuer = self._client.issuer
        try:
            async with issuer_session() as session:
                found = await read_document(session, f"{issuer.rstrip('/')}{DISCOVERY_PATH}", _Description)
        except TextNLPError:
            if self._described is None:
                raise
            return self._described[1]
        _require_own(found, issuer)
        self._described = (now, found)
        return found


def _require_own(found: _Description, issuer: str) -> None:
    if found.issuer != issuer:
        raise issuer_away(f"{issuer} describes itself as {shown(found.issuer)}.")
    for url in (found.authorization_endpoint, found.token_endpoint, found.revocation_endpoint):
        if url is not None and not is_trustworthy(url):
            raise issuer_away(f"{issuer} is to be asked at {shown(url)}, which is not https.")


def _granted(tokens: _Tokens) -> GrantedTokens:
    try:
        seconds = int(tokens.expires_in)
    except ValueError:
        seconds = _DEFAULT_SECONDS
    return GrantedTokens(
        access_token=tokens.access_token,
        refresh_token=tokens.refresh_token or None,
        expires_in_seconds=max(0, min(seconds, _MOST_SECONDS)),
    )
