# Made from the OpenAPI document. To renew: make reference
"""The operations around identity, and the models."""

from typing import Any

import msgspec

from textnlp.client.async_transport import AsyncTransport
from textnlp.client.call import Call
from textnlp.client.transport import Transport


class DiscoveryRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The issuer, as OpenID Connect Discovery 1.0 describes one."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    revocation_endpoint: str
    jwks_uri: str
    response_types_supported: list[str]
    response_modes_supported: list[str]
    subject_types_supported: list[str]
    id_token_signing_alg_values_supported: list[str]
    grant_types_supported: list[str]
    code_challenge_methods_supported: list[str]
    authorization_response_iss_parameter_supported: bool
    token_endpoint_auth_methods_supported: list[str]
    scopes_supported: list[str]


class KeySetRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A JSON Web Key Set, as RFC 7517 has it."""

    keys: list[dict[str, Any]]


class RevocationForm(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The fields of a request to revoke a token; its kind is found out from the token itself."""

    token: str
    client_id: str | None = None


class TokenForm(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The fields of a request for a token; id and secret of a client may come as HTTP Basic credentials instead."""

    grant_type: str | None = None
    client_id: str | None = None
    client_secret: str | None = None
    scope: str | None = None
    code: str | None = None
    redirect_uri: str | None = None
    code_verifier: str | None = None
    refresh_token: str | None = None


class TokenRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A token, in the shape of RFC 6749.

    Attributes:
        refresh_token: gives the next tokens, once; only where `offline_access` was asked for.
        id_token: says who signed in; only where `openid` was asked for.
    """

    access_token: str
    token_type: str
    expires_in: int
    scope: str
    refresh_token: str | None = None
    id_token: str | None = None


class Identity:
    """The operations around identity, one call at a time."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def discover(self) -> DiscoveryRead:
        """Describe the issuer whose tokens `textnlp token` and the token route hand out."""
        return self._transport.decoded(_discover(), DiscoveryRead)

    def fetch_keys(self) -> KeySetRead:
        """Give the public keys, as a JSON Web Key Set."""
        return self._transport.decoded(_fetch_keys(), KeySetRead)

    def give_token(self, form: TokenForm) -> TokenRead:
        """Give a token: to a client for its id and its API key, to a program for its code or its refresh token."""
        return self._transport.decoded(_give_token(form), TokenRead)

    def take_back_token(self, form: RevocationForm) -> None:
        """Revoke a token, and every other one of its sign-in; one that is not known counts as revoked (RFC 7009)."""
        self._transport.done(_take_back_token(form))


class AsyncIdentity:
    """The operations around identity, while others work."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def discover(self) -> DiscoveryRead:
        """Describe the issuer whose tokens `textnlp token` and the token route hand out."""
        return await self._transport.decoded(_discover(), DiscoveryRead)

    async def fetch_keys(self) -> KeySetRead:
        """Give the public keys, as a JSON Web Key Set."""
        return await self._transport.decoded(_fetch_keys(), KeySetRead)

    async def give_token(self, form: TokenForm) -> TokenRead:
        """Give a token: to a client for its id and its API key, to a program for its code or its refresh token."""
        return await self._transport.decoded(_give_token(form), TokenRead)

    async def take_back_token(self, form: RevocationForm) -> None:
        """Revoke a token, and every other one of its sign-in; one that is not known counts as revoked (RFC 7009)."""
        await self._transport.done(_take_back_token(form))


def _discover() -> Call:
    return Call(method="GET", path="/identity/.well-known/openid-configuration")


def _fetch_keys() -> Call:
    return Call(method="GET", path="/identity/jwks")


def _give_token(form: TokenForm) -> Call:
    return Call(method="POST", path="/identity/token", fields=form)


def _take_back_token(form: RevocationForm) -> Call:
    return Call(method="POST", path="/identity/revoke", fields=form)
