"""Whether a caller of a double of Azure shows a token that Azure would take."""

from aiohttp import web
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

COGNITIVE_SERVICES_AUDIENCE = "https://cognitiveservices.azure.com"


def valid_token(request: web.Request, key: RSAKey, *, audience: str = COGNITIVE_SERVICES_AUDIENCE) -> str | None:
    """Return the bearer token of a call, None for one that is not signed with `key` for `audience`."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    try:
        claims = jwt.decode(token, key).claims
    except (JoseError, ValueError):
        return None
    return token if scheme == "Bearer" and claims.get("aud") == audience else None
