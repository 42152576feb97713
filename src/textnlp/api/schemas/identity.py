"""What an issuer of tokens publishes of itself."""

from typing import Any, ClassVar

import msgspec


class DiscoveryRead(msgspec.Struct, kw_only=True):
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

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "issuer": "urn:textnlp:local",
        "authorization_endpoint": "http://127.0.0.1:8000/identity/authorize",
        "token_endpoint": "http://127.0.0.1:8000/identity/token",
        "revocation_endpoint": "http://127.0.0.1:8000/identity/revoke",
        "jwks_uri": "http://127.0.0.1:8000/identity/jwks",
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
        "scopes_supported": ["api://textnlp/.default"],
    }


class KeySetRead(msgspec.Struct, kw_only=True):
    """A JSON Web Key Set, as RFC 7517 has it."""

    keys: list[dict[str, Any]]

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "keys": [{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "2026-03", "n": "0vx7agoebGcQ", "e": "AQAB"}],
    }
