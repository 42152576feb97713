"""What OAuth clients send and get (RFC 6749, RFC 7009)."""

import msgspec


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


class RevocationForm(msgspec.Struct, kw_only=True):
    """The fields of a request to revoke a token; its kind is found out from the token itself."""

    token: str = ""
    client_id: str = ""


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


class OAuthErrorRead(msgspec.Struct, kw_only=True):
    """Why there is no token, in the shape of RFC 6749, section 5.2."""

    error: str
    error_description: str
