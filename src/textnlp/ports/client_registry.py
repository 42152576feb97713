"""The register of clients and of what their API keys open."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from textnlp.domain.identifiers import ClientId
from textnlp.domain.identity.client import Client


class ClientRegistry(Protocol):
    """Stores clients for good: one that is revoked stays listed.

    A client that does not exist raises `NOT_FOUND` where nothing else is said; a registry that cannot be reached
    raises `UNAVAILABLE`, and the same call may then be made again.
    """

    async def create(self, client: Client) -> None:
        """Add a client; raise `CONFLICT` when its id, or its key prefix, is there already."""
        ...

    async def list(self, tenant: str | None) -> Sequence[Client]:
        """List the clients of one tenant, or of all for None, oldest first."""
        ...

    async def find_by_prefix(self, prefix: str) -> Client | None:
        """Return the client whose key has this prefix, revoked and expired ones too, if there is one."""
        ...

    async def find(self, client_id: ClientId) -> Client | None:
        """Return the client, revoked and expired ones too, if there is one."""
        ...

    async def revoke(self, client_id: ClientId, at: datetime) -> Client:
        """Let the key open nothing from `at` on, and return the client; of two revocations the first stands."""
        ...

    async def note_use(self, client_id: ClientId, at: datetime) -> None:
        """Remember the latest `at` at which the key was used; an unknown client is passed over."""
        ...

    async def set_limits(self, client_id: ClientId, limits: tuple[tuple[str, int], ...]) -> Client:
        """Replace the call limits of a client, by name, and return it; none means the declared ones."""
        ...
