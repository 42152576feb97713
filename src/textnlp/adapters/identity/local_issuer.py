"""An issuer of tokens for where there is no directory: the platform itself."""

import math
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from joserfc import jwt
from joserfc.jwk import RSAKey

from textnlp.domain.identity.authorization_request import OFFLINE_ACCESS, OPENID
from textnlp.domain.identity.claims import LIMITS_CLAIM, SIGN_IN_CLAIM, TokenRules, permission_claims, person_claims
from textnlp.domain.identity.issued_token import IssuedToken
from textnlp.domain.identity.principal import Principal
from textnlp.domain.identity.sign_in import TOKEN_SECONDS, SignIn
from textnlp.ports.clock import Clock
from textnlp.topology.catalog import TOPOLOGY

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

    @property
    def rules(self) -> TokenRules:
        """What the tokens of this issuer must say."""
        return TokenRules(issuer=self._issuer, is_own=True)

    def issue(self, principal: Principal) -> IssuedToken:
        """Sign a token that proves to be `principal`, its key prefix left out."""
        now = math.floor(self._clock.now().timestamp())
        is_person = principal.sign_in_id is not None
        permissions = person_claims(principal.grants) if is_person else permission_claims(principal.grants)
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
        if principal.sign_in_id is not None:
            claims[SIGN_IN_CLAIM] = principal.sign_in_id
        text = self._signed(claims)
        values = [*permissions.get("roles", []), *str(permissions.get("scp", "")).split()]
        return IssuedToken(text=text, expires_in_seconds=TOKEN_SECONDS, scope=" ".join(values))

    def issue_id_token(self, sign_in: SignIn, *, nonce: str = "") -> str:
        """Sign an id token (OpenID Connect Core 1.0, section 2): it tells the program who signed in, opens nothing."""
        now = math.floor(self._clock.now().timestamp())
        claims: dict[str, Any] = {
            "iss": self._issuer,
            "sub": sign_in.subject,
            "aud": sign_in.oauth_client,
            "azp": sign_in.oauth_client,
            "tid": sign_in.tenant,
            SIGN_IN_CLAIM: sign_in.id,
            "auth_time": math.floor(sign_in.created_at.timestamp()),
            "iat": now,
            "exp": now + TOKEN_SECONDS,
        }
        if nonce:
            claims["nonce"] = nonce
        return self._signed(claims)

    def jwks(self) -> dict[str, Any]:
        """Return the public key as a JSON Web Key Set."""
        return {
            "keys": [{**self._key.as_dict(private=False), "kid": self._kid, "use": "sig", "alg": _ALGORITHM}],
        }

    @property
    def issuer(self) -> str:
        """Its name, as it stands in `iss`."""
        return self._issuer

    def discovery(self, endpoints: Mapping[str, str]) -> dict[str, Any]:
        """Return the document that describes the issuer (OpenID Connect Discovery 1.0, RFC 8414), with its URLs."""
        return {
            "issuer": self._issuer,
            **endpoints,
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": [_ALGORITHM],
            "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
            "revocation_endpoint_auth_methods_supported": ["none"],
            "prompt_values_supported": ["login", "consent", "select_account"],
            "scopes_supported": [
                *(OPENID, OFFLINE_ACCESS, f"{TOPOLOGY.application.audience}/.default"),
                *(each.value for each in TOPOLOGY.permissions),
            ],
        }

    def _signed(self, claims: Mapping[str, Any]) -> str:
        return jwt.encode({"alg": _ALGORITHM, "kid": self._kid}, dict(claims), self._key, algorithms=[_ALGORITHM])

    async def fetch_keys(self) -> Sequence[Mapping[str, object]]:
        """Return the keys of `jwks`, so that its tokens are verified without a call to itself."""
        return self.jwks()["keys"]
