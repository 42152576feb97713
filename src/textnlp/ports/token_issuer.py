"""Whoever signs tokens where there is no directory that does."""

from collections.abc import Mapping
from typing import Any, Protocol

from textnlp.domain.identity.issued_token import IssuedToken
from textnlp.domain.identity.principal import Principal
from textnlp.domain.identity.sign_in import SignIn


class TokenIssuer(Protocol):
    """Signs tokens, and describes itself as OpenID Connect issuers do."""

    def issue(self, principal: Principal) -> IssuedToken:
        """Sign a token that proves to be `principal`, its key prefix left out."""
        ...

    def jwks(self) -> dict[str, Any]:
        """Return the public keys as a JSON Web Key Set."""
        ...

    def issue_id_token(self, sign_in: SignIn, *, nonce: str = "") -> str:
        """Sign what tells the program of a sign-in who signed in; the API takes it for nothing."""
        ...

    @property
    def issuer(self) -> str:
        """Its name, as it stands in tokens."""
        ...

    def discovery(self, endpoints: Mapping[str, str]) -> dict[str, Any]:
        """Return the document that describes the issuer, with its URLs by their names in that document."""
        ...
