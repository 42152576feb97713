"""What an issuer of tokens publishes of itself."""

from typing import Any, ClassVar

import msgspec


class DiscoveryRead(msgspec.Struct, kw_only=True):
    """The issuer, as OpenID Connect Discovery 1.0 describes one."""

    issuer: str
    token_endpoint: str
    jwks_uri: str
    response_types_supported: list[str]
    subject_types_supported: list[str]
    id_token_signing_alg_values_supported: list[str]
    grant_types_supported: list[str]
    token_endpoint_auth_methods_supported: list[str]
    scopes_supported: list[str]

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "issuer": "urn:textnlp:local",
        "token_endpoint": "http://127.0.0.1:8000/identity/token",
        "jwks_uri": "http://127.0.0.1:8000/identity/jwks",
        "response_types_supported": ["token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "grant_types_supported": ["client_credentials"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "scopes_supported": ["api://textnlp/.default"],
    }


class KeySetRead(msgspec.Struct, kw_only=True):
    """A JSON Web Key Set, as RFC 7517 has it."""

    keys: list[dict[str, Any]]

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "keys": [{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "2026-03", "n": "0vx7agoebGcQ", "e": "AQAB"}],
    }
