"""Tokens as an issuer signs them, and as somebody would forge them."""

import base64
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import msgspec
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.topology.scopes import AUDIENCE, READ

ISSUER = "https://issuer.example/v2.0"


@cache
def rsa_key(name: str) -> RSAKey:
    """Make an RSA key with this `kid`, once a test process."""
    return RSAKey.generate_key(2048, {"kid": name})


@cache
def ec_key(name: str, curve: str = "P-256") -> ECKey:
    """Make an elliptic-curve key with this `kid`, once a test process."""
    return ECKey.generate_key(curve, {"kid": name})


def public(*keys: RSAKey | ECKey) -> list[dict[str, Any]]:
    """Return the public keys as they stand in a key set."""
    return [{**key.as_dict(private=False), "use": "sig"} for key in keys]


def claims_at(now: float, **changes: Any) -> dict[str, Any]:
    """Return good claims for an hour, changed."""
    return {"iss": ISSUER, "aud": AUDIENCE, "sub": "ada", "scp": READ, "exp": int(now) + 3600} | changes


def signed(claims: Mapping[str, Any], key: RSAKey | ECKey | OctKey, **header: Any) -> str:
    """Sign claims, by default with RS256 and the key's own name; a header of None is left out."""
    full = {name: value for name, value in ({"alg": "RS256", "kid": key.kid} | header).items() if value is not None}
    return jwt.encode(full, dict(claims), key, algorithms=[str(full["alg"])])


def forged(header: object, claims: object, signature: bytes = b"") -> str:
    """Put a token together by hand, with whatever stands in it."""
    return ".".join(_segment(part) for part in (msgspec.json.encode(header), msgspec.json.encode(claims), signature))


def _segment(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


class FakeIssuer:
    """Publishes `keys`; while `is_away`, cannot be reached. Counts how often it was asked."""

    def __init__(self, *keys: RSAKey | ECKey) -> None:
        self.documents: list[dict[str, Any]] = public(*keys)
        self.is_away = False
        self.asked = 0

    async def fetch(self) -> Sequence[Mapping[str, object]]:
        self.asked += 1
        if self.is_away:
            raise TextNLPError("The issuer is away.", kind=ErrorKind.UNAVAILABLE)
        return self.documents
