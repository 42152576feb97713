"""What OAuth clients send and get (RFC 6749, RFC 7009)."""

from typing import Any, ClassVar

import msgspec

_CLIENT_ID = "client_01kx3v9qe8m2t6f0r7w4z1c5ny"


class AuthorizationQuery(msgspec.Struct, kw_only=True):
    """A request to sign a person in, for a code that only its sender can redeem."""

    response_type: str
    client_id: str
    redirect_uri: str
    scope: str
    code_challenge: str
    code_challenge_method: str
    state: str = ""
    nonce: str = ""

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "response_type": "code",
        "client_id": "textnlp-native",
        "redirect_uri": "http://127.0.0.1:49152/callback",
        "scope": "openid api://textnlp/.default",
        "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        "code_challenge_method": "S256",
        "state": "af0ifjsldkj",
    }


class SignInForm(AuthorizationQuery, kw_only=True):
    """What a person sends from the page, with the request that the page was for.

    Attributes:
        form_token: as the page has it.
        answer: `allow`, or anything else to refuse.
        credential: an API key, or a code of `textnlp login`.
    """

    form_token: str
    answer: str
    credential: str = ""

    EXAMPLE: ClassVar[dict[str, Any]] = {
        **AuthorizationQuery.EXAMPLE,
        "form_token": "yG9tJw2Q",
        "answer": "allow",
        "credential": "tnlp_…",
    }


class TokenForm(msgspec.Struct, kw_only=True):
    """The fields of a request for a token; id and secret of a client may come as HTTP Basic credentials instead."""

    grant_type: str = ""
    client_id: str = ""
    client_secret: str = ""
    scope: str = ""
    code: str = ""
    redirect_uri: str = ""
    code_verifier: str = ""
    refresh_token: str = ""

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "grant_type": "client_credentials",
        "client_id": _CLIENT_ID,
        "client_secret": "tnlp_…",
        "scope": "api://textnlp/.default",
    }


class RevocationForm(msgspec.Struct, kw_only=True):
    """The fields of a request to revoke a token; its kind is found out from the token itself."""

    token: str
    client_id: str = ""

    EXAMPLE: ClassVar[dict[str, Any]] = {"token": "tnlr_…", "client_id": "textnlp-native"}


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

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "access_token": "eyJhbGciOiJSUzI1NiIs…",
        "token_type": "Bearer",
        "expires_in": 3600,
        "scope": "TextGeneration.Read TextGeneration.Write",
    }


class OAuthErrorRead(msgspec.Struct, kw_only=True):
    """Why there is no token, in the shape of RFC 6749, section 5.2."""

    error: str
    error_description: str

    EXAMPLE: ClassVar[dict[str, Any]] = {"error": "invalid_client", "error_description": "The key is not known."}
