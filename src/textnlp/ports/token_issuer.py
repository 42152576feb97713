"""Whoever signs tokens where there is no directory that does."""

from typing import Any, Protocol

from textnlp.domain.identity.issued_token import IssuedToken
from textnlp.domain.identity.principal import Principal


class TokenIssuer(Protocol):
    """Signs tokens, and describes itself as OpenID Connect issuers do."""

    def issue(self, principal: Principal) -> IssuedToken:
        """Sign a token that proves to be `principal`, its key prefix left out."""
        ...

    def jwks(self) -> dict[str, Any]:
        """Return the public keys as a JSON Web Key Set."""
        ...

    def discovery(self, *, token_endpoint: str, jwks_uri: str) -> dict[str, Any]:
        """Return the document that describes the issuer, for its URLs."""
        ...
