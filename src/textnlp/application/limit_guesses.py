"""Limit how often one address may bring credentials that prove nothing."""

import hashlib
import ipaddress
import math
from collections.abc import Awaitable, Callable

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.expiring_map import ExpiringMap
from textnlp.domain.identity.principal import Principal
from textnlp.domain.limits.decision import MICROSECONDS
from textnlp.domain.limits.window import UsageWindow
from textnlp.ports.clock import Clock
from textnlp.topology.limits import FAILED_SIGN_INS, CallLimit

_TRUSTED_SECONDS = 3600.0
_MOST_REMEMBERED = 10_000
_V6_NETWORK_BITS = 64


class GuessLimit:
    """Refuses credentials of an address that brought too many wrong ones, without looking at them.

    The same wrong one counts once a minute, so that a program with an old key keeps no others out. A credential that
    proved somebody within the last hour is looked at all the same, so that callers behind one proxy with somebody who
    guesses go on; who comes there for the first time waits. Counts are kept in the process, of the 10,000 addresses
    that failed last; of IPv6, of whole networks of 64 bits.
    """

    def __init__(self, *, clock: Clock, limit: CallLimit = FAILED_SIGN_INS) -> None:
        self._clock = clock
        self._limit = limit
        self._failures = ExpiringMap[str, UsageWindow](capacity=_MOST_REMEMBERED)
        self._wrong = ExpiringMap[bytes, bool](capacity=_MOST_REMEMBERED)
        self._trusted = ExpiringMap[bytes, bool](capacity=_MOST_REMEMBERED)

    async def guard(
        self,
        address: str,
        credential: str,
        authenticate: Callable[[str], Awaitable[Principal]],
    ) -> Principal:
        """Return who `authenticate` says that `credential` proves; raises what it does.

        Raises `RATE_LIMITED` in its place for an address whose failures are used up.
        """
        now = self._clock.monotonic()
        digest = hashlib.sha256(credential.encode("utf-8", "surrogatepass")).digest()
        if not self._trusted.get(digest, now=now):
            self._require_room(_counted(address), now)
        try:
            principal = await authenticate(credential)
        except TextNLPError as error:
            if error.kind is ErrorKind.UNAUTHENTICATED:
                self._note_failure(_counted(address), digest)
            raise
        self._trusted.put(digest, value=True, until=now + _TRUSTED_SECONDS)
        return principal

    def _require_room(self, counted: str, now: float) -> None:
        window = self._failures.get(counted, now=now)
        wait = 0 if window is None else window.wait(self._limit, 1, now=_microseconds(now))
        if wait:
            seconds = math.ceil(wait / MICROSECONDS)
            raise TextNLPError(
                f"Too many wrong credentials came from this address; the limit '{self._limit.name}' is used up.",
                kind=ErrorKind.RATE_LIMITED,
                facts=ErrorFacts(
                    hint=f"Wait {seconds} seconds, then send a key or a token that is valid.",
                    limit_name=self._limit.name,
                    retry_after_seconds=seconds,
                ),
            )

    def _note_failure(self, counted: str, digest: bytes) -> None:
        now = self._clock.monotonic()
        if self._wrong.get(digest, now=now):
            return
        self._wrong.put(digest, value=True, until=now + self._limit.renewal_seconds)
        window = self._failures.get(counted, now=now) or UsageWindow()
        window.charge(self._limit, 1, now=_microseconds(now))
        self._failures.put(counted, window, until=now + 2 * self._limit.renewal_seconds)


def _counted(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is None:
        return str(ipaddress.ip_network((parsed, _V6_NETWORK_BITS), strict=False))
    return str(parsed)


def _microseconds(seconds: float) -> int:
    return round(seconds * MICROSECONDS)
