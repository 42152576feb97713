"""An issuer of tokens for where there is no directory: the platform itself."""

import math
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.jwk import RSAKey

from textnlp.adapters.identity.key_file import open_signing_key
from textnlp.domain.identity.claims import LIMITS_CLAIM, TokenRules, permission_claims
from textnlp.domain.identity.issued_token import IssuedToken
from textnlp.domain.identity.principal import Principal
from textnlp.ports.clock import Clock
from textnlp.topology.catalog import TOPOLOGY

TOKEN_SECONDS = 3600
"""How long a token of the local issuer is valid."""

_ALGORITHM = "RS256"


class LocalIssuer:
    """Signs tokens with RS256, and describes itself as OpenID Connect issuers do.

    The key is named by its thumbprint (RFC 7638), so that another key has another name.
    """

    def __init__(self, key: RSAKey, *, issuer: str, clock: Clock) -> None:
        self._key = key
        self._kid = key.thumbprint()
        self._issuer = issuer
        self._clock = clock

    @classmethod
    def open(cls, folder: Path, *, issuer: str, clock: Clock) -> "LocalIssuer":
        """Take the key from `identity/` in `folder`, and make it on first use; raises what `open_signing_key` does."""
        return cls(open_signing_key(folder / "identity"), issuer=issuer, clock=clock)

    @property
    def rules(self) -> TokenRules:
        """What the tokens of this issuer must say."""
        return TokenRules(issuer=self._issuer, believes_limits=True)

    def issue(self, principal: Principal) -> IssuedToken:
        """Sign a token that proves to be `principal`, its key prefix left out."""
        now = math.floor(self._clock.now().timestamp())
        permissions = permission_claims(principal.grants)
        claims: dict[str, Any] = {
            "iss": self._issuer,
            "sub": principal.subject,
            "aud": TOPOLOGY.application.audience,
            "azp": principal.caller,
            "tid": principal.tenant,
            **permissions,
            "iat": now,
            "nbf": now,
            "exp": now + TOKEN_SECONDS,
            "jti": secrets.token_urlsafe(16),
        }
        if principal.call_limits:
            claims[LIMITS_CLAIM] = dict(principal.call_limits)
        text = jwt.encode({"alg": _ALGORITHM, "kid": self._kid}, claims, self._key, algorithms=[_ALGORITHM])
        values = [*permissions.get("roles", []), *str(permissions.get("scp", "")).split()]
        return IssuedToken(text=text, expires_in_seconds=TOKEN_SECONDS, scope=" ".join(values))

    def jwks(self) -> dict[str, Any]:
        """Return the public key as a JSON Web Key Set."""
        return {
            "keys": [{**self._key.as_dict(private=False), "kid": self._kid, "use": "sig", "alg": _ALGORITHM}],
        }

    def discovery(self, *, token_endpoint: str, jwks_uri: str) -> dict[str, Any]:
        """Return the document that describes the issuer (OpenID Connect Discovery 1.0, RFC 8414), for its URLs."""
        return {
            "issuer": self._issuer,
            "token_endpoint": token_endpoint,
            "jwks_uri": jwks_uri,
            "response_types_supported": ["token"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": [_ALGORITHM],
            "grant_types_supported": ["client_credentials"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "scopes_supported": [f"{TOPOLOGY.application.audience}/.default"],
        }

    async def fetch_keys(self) -> Sequence[Mapping[str, object]]:
        """Return the keys of `jwks`, so that its tokens are verified without a call to itself."""
        return self.jwks()["keys"]
