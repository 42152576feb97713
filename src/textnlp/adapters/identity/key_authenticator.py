"""API keys, checked against the register of clients."""

import contextlib
from datetime import datetime

from textnlp.adapters.identity.lately_found import LatelyFound
from textnlp.domain.errors import TextNLPError
from textnlp.domain.expiring_map import ExpiringMap
from textnlp.domain.identifiers import ClientId
from textnlp.domain.identity.api_key import parse_key
from textnlp.domain.identity.client import open_client
from textnlp.domain.identity.principal import Principal
from textnlp.ports.client_registry import ClientRegistry
from textnlp.ports.clock import Clock

_NOTED_SECONDS = 60.0
_MOST_REMEMBERED = 10_000


class KeyAuthenticator:
    """Satisfies the `Authenticator` port for API keys.

    A client, and that there is none of a prefix, is believed for `REVOKED_WITHIN_SECONDS`, and its key is compared
    each time. The last use of a client is noted at most once a minute, and failing to note it keeps nobody out.
    """

    def __init__(self, registry: ClientRegistry, *, clock: Clock) -> None:
        self._registry = registry
        self._clock = clock
        self._clients = LatelyFound(registry.find_by_prefix, clock=clock)
        self._noted = ExpiringMap[str, bool](capacity=_MOST_REMEMBERED)

    async def authenticate(self, credential: str) -> Principal:
        """Return the client that an API key opens, as a caller."""
        key = parse_key(credential)
        client = await self._clients.find(key.prefix)
        now = self._clock.now()
        principal = open_client(client, key, now=now)
        await self._note_use(ClientId(principal.subject), now)
        return principal

    async def _note_use(self, client_id: ClientId, now: datetime) -> None:
        began = self._clock.monotonic()
        if self._noted.get(client_id, now=began):
            return
        self._noted.put(client_id, value=True, until=began + _NOTED_SECONDS)
        with contextlib.suppress(TextNLPError):
            await self._registry.note_use(client_id, now)
