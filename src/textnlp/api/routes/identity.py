"""The platform as an issuer of tokens: discovery, keys, and the client-credentials grant."""

import base64
import binascii
from typing import Any, ClassVar
from urllib.parse import parse_qsl

import msgspec
from litestar import Request, Response, get, post

from textnlp.api.dependencies import services_of
from textnlp.api.openapi import described
from textnlp.api.request_body import read_body
from textnlp.api.schemas.identity import DiscoveryRead, KeySetRead
from textnlp.api.text_fields import read_fields
from textnlp.application.issue_token import issue_token
from textnlp.domain.errors import ErrorKind, TextNLPError, invalid_input, not_found
from textnlp.domain.identity.refusals import unauthenticated
from textnlp.ports.token_issuer import TokenIssuer

_TOKEN_BODY_BYTES = 16_384
_JWKS = "/identity/jwks"
_TOKEN = "/identity/token"  # noqa: S105  a path
_ISSUER_LACKING = (ErrorKind.NOT_FOUND,)


class TokenForm(msgspec.Struct, kw_only=True):
    """The fields of a request for a token; id and secret may come as HTTP Basic credentials instead."""

    grant_type: str = ""
    client_id: str = ""
    client_secret: str = ""
    scope: str = ""

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "grant_type": "client_credentials",
        "client_id": "client_01kx3v9qe8m2t6f0r7w4z1c5ny",
        "client_secret": "tnlp_…",
        "scope": "api://textnlp/.default",
    }


class TokenRead(msgspec.Struct, kw_only=True):
    """A token, in the shape of RFC 6749."""

    access_token: str
    token_type: str = "Bearer"  # noqa: S105  a kind
    expires_in: int
    scope: str

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "access_token": "eyJhbGciOiJSUzI1NiIs…",
        "token_type": "Bearer",
        "expires_in": 3600,
        "scope": "TextGeneration.Read TextGeneration.Write",
    }


@get(
    "/identity/.well-known/openid-configuration",
    summary="Describe the platform's own issuer",
    opt=described(answer=DiscoveryRead, raises=_ISSUER_LACKING),
)
async def discover(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """Describe the issuer whose tokens `textnlp token` and the token route hand out."""
    base = str(request.base_url).rstrip("/")
    return _issuer(request).discovery(token_endpoint=base + _TOKEN, jwks_uri=base + _JWKS)


@get(
    _JWKS,
    summary="Fetch the keys of the platform's own issuer",
    opt=described(answer=KeySetRead, raises=_ISSUER_LACKING),
)
async def fetch_keys(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """Give the public keys, as a JSON Web Key Set."""
    return _issuer(request).jwks()


@post(
    _TOKEN,
    status_code=200,
    summary="Get a token for a client",
    opt=described(fields=TokenForm, answer=TokenRead, raises=(ErrorKind.UNAUTHENTICATED, *_ISSUER_LACKING)),
)
async def give_token(request: Request[Any, Any, Any]) -> Response[TokenRead]:
    """Give a client a token for its id and its API key, which is its secret; the grant is `client_credentials`."""
    body = await read_body(request, max_bytes=_TOKEN_BODY_BYTES)
    form = read_fields(_fields(body), TokenForm)
    if form.grant_type != "client_credentials":
        raise invalid_input("The only grant here is client_credentials.", field="grant_type")
    client_id, client_secret = _basic(request) or (form.client_id, form.client_secret)
    services = services_of(request.scope)
    issued = await issue_token(
        services.platform.gateway.clients,
        _issuer(request),
        client_id=client_id,
        client_secret=client_secret,
        scope=form.scope,
        clock=services.platform.clock,
    )
    read = TokenRead(access_token=issued.text, expires_in=issued.expires_in_seconds, scope=issued.scope)
    return Response(read, headers={"Cache-Control": "no-store"})


def _issuer(request: Request[Any, Any, Any]) -> TokenIssuer:
    issuer = services_of(request.scope).platform.gateway.issuer
    if issuer is None:
        raise not_found("This platform issues no tokens of its own.")
    return issuer


def _fields(body: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=bool(body), max_num_fields=16)
    except (ValueError, UnicodeDecodeError) as exc:
        raise invalid_input(f"The body is no form: {exc}.") from exc


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
