"""API keys, checked against the register of clients."""

import contextlib
import hashlib
from datetime import datetime

from textnlp.adapters.identity.expiring_map import ExpiringMap
from textnlp.domain.errors import TextNLPError
from textnlp.domain.identifiers import ClientId
from textnlp.domain.identity.api_key import parse_key
from textnlp.domain.identity.client import open_client
from textnlp.domain.identity.principal import Principal
from textnlp.ports.client_registry import ClientRegistry
from textnlp.ports.clock import Clock

REVOKED_WITHIN_SECONDS = 10.0
"""How long a key that was verified is believed without another look; a revocation works within that time."""

_NOTED_SECONDS = 60.0
_MOST_REMEMBERED = 10_000


class KeyAuthenticator:
    """Satisfies the `Authenticator` port for API keys.

    The last use of a client is noted at most once a minute, and failing to note it keeps nobody out. Keys that open
    nothing are looked up each time.
    """

    def __init__(self, registry: ClientRegistry, *, clock: Clock) -> None:
        self._registry = registry
        self._clock = clock
        self._verified = ExpiringMap[bytes, tuple[Principal, datetime | None]](capacity=_MOST_REMEMBERED)
        self._noted = ExpiringMap[str, bool](capacity=_MOST_REMEMBERED)

    async def authenticate(self, credential: str) -> Principal:
        """Return the client that an API key opens, as a caller."""
        digest = hashlib.sha256(credential.encode("utf-8", "surrogatepass")).digest()
        began = self._clock.monotonic()
        found = self._verified.get(digest, now=began)
        now = self._clock.now()
        if found is not None and (found[1] is None or now < found[1]):
            return found[0]
        key = parse_key(credential)
        client = await self._registry.find_by_prefix(key.prefix)
        principal = open_client(client, key, now=now)
        self._verified.put(
            digest,
            (principal, client.expires_at if client is not None else None),
            until=began + REVOKED_WITHIN_SECONDS,
        )
        await self._note_use(ClientId(principal.subject), now)
        return principal

    async def _note_use(self, client_id: ClientId, now: datetime) -> None:
        began = self._clock.monotonic()
        if self._noted.get(client_id, now=began):
            return
        self._noted.put(client_id, value=True, until=began + _NOTED_SECONDS)
        with contextlib.suppress(TextNLPError):
            await self._registry.note_use(client_id, now)
