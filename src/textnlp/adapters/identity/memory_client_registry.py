"""The register of clients in memory, gone with the process."""

import dataclasses
from collections.abc import Sequence
from datetime import datetime

from textnlp.domain.identifiers import ClientId
from textnlp.domain.identity.client import Client
from textnlp.domain.identity.refusals import client_exists, no_such_client


class MemoryClientRegistry:
    """Satisfies the `ClientRegistry` port; every method runs to its end without letting another in."""

    def __init__(self) -> None:
        self._clients: dict[ClientId, Client] = {}
        self._ids: dict[str, ClientId] = {}

    async def create(self, client: Client) -> None:
        """Add a client; raise `CONFLICT` when its id, or its key prefix, is there already."""
        if client.id in self._clients or client.key_prefix in self._ids:
            raise client_exists(client.id)
        self._clients[client.id] = client
        self._ids[client.key_prefix] = client.id

    async def list(self, tenant: str | None) -> Sequence[Client]:
        """List the clients of one tenant, or of all for None, oldest first."""
        found = (client for client in self._clients.values() if tenant is None or client.tenant == tenant)
        return sorted(found, key=_age)

    async def find_by_prefix(self, prefix: str) -> Client | None:
        """Return the client whose key has this prefix, revoked and expired ones too, if there is one."""
        client_id = self._ids.get(prefix)
        return None if client_id is None else self._clients[client_id]

    async def find(self, client_id: ClientId) -> Client | None:
        """Return the client, revoked and expired ones too, if there is one."""
        return self._clients.get(client_id)

    async def revoke(self, client_id: ClientId, at: datetime) -> Client:
        """Let the key open nothing from `at` on, and return the client; of two revocations the first stands."""
        client = self._client(client_id)
        return self._keep(dataclasses.replace(client, revoked_at=client.revoked_at or at))

    async def note_use(self, client_id: ClientId, at: datetime) -> None:
        """Remember the latest `at` at which the key was used; an unknown client is passed over."""
        client = self._clients.get(client_id)
        if client is not None:
            self._keep(dataclasses.replace(client, last_used_at=max(at, client.last_used_at or at)))

    async def set_limits(self, client_id: ClientId, limits: tuple[tuple[str, int], ...]) -> Client:
        """Replace the call limits of a client, by name, and return it; none means the declared ones."""
        return self._keep(dataclasses.replace(self._client(client_id), call_limits=limits))

    def _client(self, client_id: ClientId) -> Client:
        client = self._clients.get(client_id)
        if client is None:
            raise no_such_client(client_id)
        return client

    def _keep(self, client: Client) -> Client:
        self._clients[client.id] = client
        return client


def _age(client: Client) -> str:
    return client.id
