"""The public keys of one issuer: fetched when needed, kept through its outages."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.identity.refusals import shown, unauthenticated
from textnlp.ports.clock import Clock

PublicKey = RSAKey | ECKey
"""A key that signatures are verified with."""

FetchKeys = Callable[[], Awaitable[Sequence[Mapping[str, object]]]]
"""Returns the keys of an issuer as JSON Web Keys (RFC 7517), or raises `UNAVAILABLE`."""

REFETCH_SECONDS = 30.0
"""Keys are fetched at most once in this time, whether that worked or not."""

STALE_SECONDS = 3600.0
"""Keys that are older are fetched again, so that one the issuer withdrew stops counting."""

_RSA_MEMBERS = ("kid", "alg", "n", "e")
_EC_MEMBERS = ("kid", "alg", "crv", "x", "y")
_LEAST_MODULUS_CHARACTERS = 342
"""2048 bits in base64url: RFC 7518, section 3.3, forbids smaller RSA keys."""


class SigningKeys:
    """The keys of one issuer, by `kid`. Callers that need a fetch at the same time share one.

    Attributes:
        generation: counts how often a known key was withdrawn or replaced; what was verified before may not hold.
    """

    def __init__(self, fetch: FetchKeys, *, issuer: str, clock: Clock) -> None:
        self._fetch = fetch
        self._issuer = issuer
        self._clock = clock
        self._keys: dict[str, PublicKey] = {}
        self._failure: str | None = None
        self._tried_at: float | None = None
        self._fetched_at = 0.0
        self._fetching: asyncio.Task[None] | None = None
        self.generation = 0

    async def find(self, kid: str) -> PublicKey:
        """Return the key that is named `kid`; only for an unknown one the issuer is waited for.

        Raises `UNAUTHENTICATED` for a key that the issuer does not publish, `UNAVAILABLE` when the issuer cannot be
        asked about it.
        """
        key = self._keys.get(kid)
        if key is not None:
            if self._clock.monotonic() - self._fetched_at >= STALE_SECONDS:
                self._begin()
            return key
        self._begin()
        if self._fetching is not None:
            await asyncio.shield(self._fetching)
        key = self._keys.get(kid)
        if key is not None:
            return key
        if self._failure is not None:
            raise TextNLPError(
                f"The token cannot be verified: {self._failure}",
                kind=ErrorKind.UNAVAILABLE,
                facts=ErrorFacts(retry_after_seconds=REFETCH_SECONDS),
            )
        raise unauthenticated(
            f"The token is signed with the key {shown(kid)}, which {shown(self._issuer)} does not publish.",
            hint="Ask the issuer for another token.",
        )

    async def aclose(self) -> None:
        """Give up a fetch that is under way."""
        task, self._fetching = self._fetching, None
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    def _begin(self) -> None:
        """Start to fetch the keys, unless that is under way or was tried a moment ago."""
        now = self._clock.monotonic()
        if self._fetching is not None or (self._tried_at is not None and now - self._tried_at < REFETCH_SECONDS):
            return
        self._tried_at = now
        self._fetching = asyncio.create_task(self._renew(), name=f"keys of {self._issuer}")

    async def _renew(self) -> None:
        try:
            keys = usable_keys(await self._fetch())
            if not keys:
                self._failure = f"{self._issuer} publishes no key that signatures can be verified with."
                return
            if any(keys.get(kid) != key for kid, key in self._keys.items()):
                self.generation += 1
            self._keys, self._failure = keys, None
            self._fetched_at = self._clock.monotonic()
        except TextNLPError as error:
            self._failure = error.message
        finally:
            self._fetching = None


def usable_keys(documents: Sequence[Mapping[str, object]]) -> dict[str, PublicKey]:
    """Return the RSA keys of 2048 bits or more and the elliptic-curve keys that are for signatures, by `kid`.

    Everything else is passed over, symmetric keys above all: with one of them, a public key could pass for a secret.
    """
    keys: dict[str, PublicKey] = {}
    for document in documents:
        kid = document.get("kid")
        key = _key_of(document) if isinstance(kid, str) and document.get("use", "sig") == "sig" else None
        if isinstance(kid, str) and key is not None:
            keys[kid] = key
    return keys


def _key_of(document: Mapping[str, object]) -> PublicKey | None:
    try:
        match document.get("kty"):
            case "RSA" if len(str(document.get("n")).rstrip("=")) >= _LEAST_MODULUS_CHARACTERS:
                return RSAKey.import_key(_members(document, _RSA_MEMBERS))
            case "EC":
                return ECKey.import_key(_members(document, _EC_MEMBERS))
            case _:
                return None
    except (JoseError, ValueError, TypeError, KeyError):
        return None


def _members(document: Mapping[str, object], names: tuple[str, ...]) -> dict[str, str | list[str]]:
    """Return the public members of a key alone; raise `ValueError` for one that is no text."""
    members: dict[str, str | list[str]] = {"kty": str(document["kty"])}
    for name in names:
        value = document.get(name)
        if value is not None:
            if not isinstance(value, str):
                raise ValueError(f"{name} is no text")
            members[name] = value
    return members
