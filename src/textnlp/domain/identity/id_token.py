"""What an id token must say to answer a sign-in that the platform began (OpenID Connect Core 1.0, section 3.1.3.7)."""

import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import cast

from textnlp.domain.identity.claims import expiry_seconds
from textnlp.domain.identity.refusals import unauthenticated
from textnlp.topology.catalog import TOPOLOGY

_HINT = "Begin to sign in again."


def require_id_token(claims: Mapping[str, object], *, issuer: str, client_id: str, nonce: str, now: datetime) -> None:
    """Return for claims whose signature holds and that answer this sign-in; raise `UNAUTHENTICATED` otherwise."""
    if claims.get("iss") != issuer:
        raise unauthenticated("The id token is another issuer's.", hint=_HINT)
    audience = claims.get("aud")
    named = cast("list[object]", audience) if isinstance(audience, list) else [audience]
    if client_id not in named or (len(named) > 1 and claims.get("azp") != client_id):
        raise unauthenticated("The id token is meant for another program.", hint=_HINT)
    if now.timestamp() >= expiry_seconds(claims) + TOPOLOGY.application.clock_leeway_seconds:
        raise unauthenticated("The id token has expired.", hint=_HINT)
    brought = claims.get("nonce")
    if not isinstance(brought, str) or not hmac.compare_digest(brought.encode(), nonce.encode()):
        raise unauthenticated("The id token answers another sign-in.", hint=_HINT)
