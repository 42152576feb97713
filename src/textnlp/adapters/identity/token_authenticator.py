"""Tokens of one issuer, verified with its published keys (RFC 7515, RFC 7519, RFC 8725)."""

import hashlib
from collections.abc import Mapping
from typing import Any, cast

import msgspec
from joserfc import jws
from joserfc.errors import JoseError

from textnlp.adapters.identity.signing_keys import PublicKey, SigningKeys
from textnlp.domain.expiring_map import ExpiringMap
from textnlp.domain.identity.claims import TokenRules, expiry_seconds, principal_of_claims
from textnlp.domain.identity.principal import Principal
from textnlp.domain.identity.refusals import shown, unauthenticated
from textnlp.ports.clock import Clock

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""Signatures that are accepted: those of a private key, so that nobody who can verify a token can make one."""

_REGISTRY = jws.JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
_MOST_CHARACTERS = 16_384
_MOST_REMEMBERED = 10_000
_MALFORMED = (JoseError, ValueError, TypeError, KeyError, AttributeError, RecursionError)
_HINT = "Send the access token whole, as the issuer gave it."


class TokenAuthenticator:
    """Satisfies the `Authenticator` port for the tokens of one issuer.

    A token that was verified is believed until it expires, or until the issuer withdraws or replaces a key: that costs
    a hash and a look-up.
    """

    def __init__(self, *, rules: TokenRules, keys: SigningKeys, clock: Clock) -> None:
        self._rules = rules
        self._keys = keys
        self._clock = clock
        self._verified = ExpiringMap[bytes, Principal](capacity=_MOST_REMEMBERED)
        self._generation = keys.generation

    @property
    def issuer(self) -> str:
        """Whose tokens are accepted, as it stands in `iss`."""
        return self._rules.issuer

    async def authenticate(self, credential: str) -> Principal:
        """Return the caller that a token names."""
        if len(credential) > _MOST_CHARACTERS:
            raise unauthenticated(f"The token is longer than {_MOST_CHARACTERS} characters.")
        if self._generation != self._keys.generation:
            self._verified.clear()
            self._generation = self._keys.generation
        digest = hashlib.sha256(credential.encode("utf-8", "surrogatepass")).digest()
        found = self._verified.get(digest, now=self._clock.now().timestamp())
        if found is not None:
            return found
        signed = _extracted(credential)
        key = await self._keys.find(_kid(signed))
        claims = _verified_claims(signed, key)
        now = self._clock.now()
        principal = principal_of_claims(claims, rules=self._rules, now=now)
        until = expiry_seconds(claims)
        if until > now.timestamp():
            self._verified.put(digest, principal, until=until)
        return principal

    async def aclose(self) -> None:
        """Give up fetching keys."""
        await self._keys.aclose()


def _extracted(credential: str) -> jws.CompactSignature:
    """Take a token apart; nothing in it is believed yet."""
    try:
        signed = jws.extract_compact(credential.encode(), registry=_REGISTRY)
        header = cast("dict[str, object]", dict(signed.headers()))
    except _MALFORMED as exc:
        raise unauthenticated("The token is not a signed JSON Web Token.", hint=_HINT) from exc
    algorithm = header.get("alg")
    if algorithm not in ALGORITHMS:
        named = shown(algorithm) if isinstance(algorithm, str) else "something that is no text"
        raise unauthenticated(
            f"The token is signed with {named} ('alg'), which is not accepted.",
            hint=f"Accepted are {', '.join(ALGORITHMS)}.",
        )
    if "crit" in header or "b64" in header:
        raise unauthenticated("The token demands extensions that are not understood ('crit').")
    return signed


def _kid(signed: jws.CompactSignature) -> str:
    kid: object = cast("dict[str, object]", signed.headers()).get("kid")
    if not isinstance(kid, str) or not kid:
        raise unauthenticated("The token does not name the key it is signed with ('kid').")
    return kid


def _verified_claims(signed: jws.CompactSignature, key: PublicKey) -> Mapping[str, object]:
    """Return the claims; raise `UNAUTHENTICATED` when the signature is not one of `key`'s."""
    try:
        is_valid = jws.validate_compact(signed, key, registry=_REGISTRY)
    except _MALFORMED as exc:
        raise unauthenticated("The signature of the token does not fit the key it names.", hint=_HINT) from exc
    if not is_valid:
        raise unauthenticated("The signature of the token is not valid.", hint=_HINT)
    try:
        return msgspec.json.decode(signed.payload or b"", type=dict[str, Any])
    except (msgspec.MsgspecError, RecursionError) as exc:
        raise unauthenticated("The token holds no claims: its content is not a JSON object.") from exc
