"""Tokens of one issuer, verified with its published keys (RFC 7515, RFC 7519, RFC 8725)."""

import hashlib

from textnlp.adapters.identity.signed_claims import MOST_CHARACTERS, signed_claims
from textnlp.adapters.identity.signing_keys import SigningKeys
from textnlp.domain.expiring_map import ExpiringMap
from textnlp.domain.identity.claims import TokenRules, expiry_seconds, principal_of_claims
from textnlp.domain.identity.principal import Principal
from textnlp.domain.identity.refusals import unauthenticated
from textnlp.ports.clock import Clock

_MOST_REMEMBERED = 10_000


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
        if len(credential) > MOST_CHARACTERS:
            raise unauthenticated(f"The token is longer than {MOST_CHARACTERS} characters.")
        if self._generation != self._keys.generation:
            self._verified.clear()
            self._generation = self._keys.generation
        digest = hashlib.sha256(credential.encode("utf-8", "surrogatepass")).digest()
        found = self._verified.get(digest, now=self._clock.now().timestamp())
        if found is not None:
            return found
        claims = await signed_claims(credential, self._keys)
        now = self._clock.now()
        principal = principal_of_claims(claims, rules=self._rules, now=now)
        until = expiry_seconds(claims)
        if until > now.timestamp():
            self._verified.put(digest, principal, until=until)
        return principal

    async def aclose(self) -> None:
        """Give up fetching keys."""
        await self._keys.aclose()
