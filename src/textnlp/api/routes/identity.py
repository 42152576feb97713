"""The platform as an issuer of tokens: discovery, keys, the grants, and revocation."""

import base64
import binascii
from http import HTTPStatus
from typing import Any

from litestar import Request, Response, get, post

from textnlp.api.dependencies import services_of
from textnlp.api.form_fields import read_form
from textnlp.api.oauth_errors import answer_oauth_error
from textnlp.api.openapi import described
from textnlp.api.remote_address import remote_address
from textnlp.api.schemas.identity import DiscoveryRead, KeySetRead
from textnlp.api.schemas.oauth import OAuthErrorRead, RevocationForm, TokenForm, TokenRead
from textnlp.api.text_fields import read_fields
from textnlp.application.issue_token import issue_token, prove_client
from textnlp.application.redeem_secret import IssuedTokens, redeem_code, redeem_refresh_token
from textnlp.application.revoke_token import revoke_token
from textnlp.application.sign_in_ports import SignInPorts
from textnlp.domain.errors import ErrorKind, TextNLPError, invalid_input, not_found
from textnlp.domain.identity.principal import Principal
from textnlp.domain.identity.refusals import unauthenticated
from textnlp.ports.token_issuer import TokenIssuer

_ENDPOINTS = {
    "authorization_endpoint": "/identity/authorize",
    "token_endpoint": "/identity/token",
    "revocation_endpoint": "/identity/revoke",
    "jwks_uri": "/identity/jwks",
}
_ISSUER_LACKING = (ErrorKind.NOT_FOUND,)


@get(
    "/identity/.well-known/openid-configuration",
    summary="Describe the platform's own issuer",
    opt=described(answer=DiscoveryRead, raises=_ISSUER_LACKING),
)
async def discover(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """Describe the issuer whose tokens `textnlp token` and the token route hand out."""
    base = str(request.base_url).rstrip("/")
    return _issuer(request).discovery({name: base + path for name, path in _ENDPOINTS.items()})


@get(
    "/identity/jwks",
    summary="Fetch the keys of the platform's own issuer",
    opt=described(answer=KeySetRead, raises=_ISSUER_LACKING),
)
async def fetch_keys(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """Give the public keys, as a JSON Web Key Set."""
    return _issuer(request).jwks()


@post(
    "/identity/token",
    status_code=HTTPStatus.OK,
    summary="Get a token",
    opt=described(
        fields=TokenForm,
        answer=TokenRead,
        error=OAuthErrorRead,
        raises=(ErrorKind.UNAUTHENTICATED, ErrorKind.RATE_LIMITED, *_ISSUER_LACKING),
    ),
    exception_handlers={TextNLPError: answer_oauth_error},
)
async def give_token(request: Request[Any, Any, Any]) -> Response[TokenRead]:
    """Give a token: to a client for its id and its API key, to a program for its code or its refresh token."""
    form = read_fields((await read_form(request)).items(), TokenForm)
    match form.grant_type:
        case "client_credentials":
            tokens = await _for_client(request, form)
        case "authorization_code":
            tokens = await redeem_code(
                sign_in_ports(request),
                form.code,
                client_id=form.client_id,
                redirect_uri=form.redirect_uri,
                verifier=form.code_verifier,
            )
        case "refresh_token":
            tokens = await redeem_refresh_token(
                sign_in_ports(request), form.refresh_token, client_id=form.client_id, scope=form.scope
            )
        case _:
            raise invalid_input(
                "The grants here are client_credentials, authorization_code and refresh_token.", field="grant_type"
            )
    return Response(_read(tokens), headers={"Cache-Control": "no-store"})


@post(
    "/identity/revoke",
    status_code=HTTPStatus.OK,
    summary="Revoke a token",
    opt=described(fields=RevocationForm, error=OAuthErrorRead, raises=_ISSUER_LACKING),
    exception_handlers={TextNLPError: answer_oauth_error},
)
async def take_back_token(request: Request[Any, Any, Any]) -> None:
    """Revoke a token, and every other one of its sign-in; one that is not known counts as revoked (RFC 7009)."""
    form = read_fields((await read_form(request)).items(), RevocationForm)
    authenticator = services_of(request.scope).platform.gateway.authenticator
    await revoke_token(sign_in_ports(request), form.token, client_id=form.client_id, authenticator=authenticator)


def sign_in_ports(request: Request[Any, Any, Any]) -> SignInPorts:
    """Return what signing in stands on; raise `NOT_FOUND` where the platform issues no tokens."""
    platform = services_of(request.scope).platform
    gateway = platform.gateway
    return SignInPorts(clients=gateway.clients, store=gateway.sign_ins, issuer=_issuer(request), clock=platform.clock)


async def _for_client(request: Request[Any, Any, Any], form: TokenForm) -> IssuedTokens:
    client_id, client_secret = _basic(request) or (form.client_id, form.client_secret)
    issuer = _issuer(request)
    platform = services_of(request.scope).platform
    gateway = platform.gateway

    async def prove(secret: str) -> Principal:
        return await prove_client(gateway.clients, client_id=client_id, client_secret=secret, clock=platform.clock)

    proven = await gateway.guesses.guard(remote_address(request.scope), client_secret, prove)
    return IssuedTokens(access=issue_token(issuer, proven, scope=form.scope))


def _read(tokens: IssuedTokens) -> TokenRead:
    return TokenRead(
        access_token=tokens.access.text,
        token_type="Bearer",  # noqa: S106  a kind
        expires_in=tokens.access.expires_in_seconds,
        scope=tokens.access.scope,
        refresh_token=tokens.refresh_token,
        id_token=tokens.id_token,
    )


def _issuer(request: Request[Any, Any, Any]) -> TokenIssuer:
    issuer = services_of(request.scope).platform.gateway.issuer
    if issuer is None:
        raise not_found("This platform issues no tokens of its own.")
    return issuer


def _basic(request: Request[Any, Any, Any]) -> tuple[str, str] | None:
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as exc:
        raise _unreadable() from exc
    return client_id, secret


def _unreadable() -> TextNLPError:
    return unauthenticated("The Basic credentials cannot be read.", hint="Send base64 of `id:secret`.")
