"""What this process shows to services of Azure instead of a key."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

COGNITIVE_SERVICES = "https://cognitiveservices.azure.com/.default"
"""Scope of Azure OpenAI, Azure AI Foundry and Azure AI Content Safety."""
EVENT_GRID = "https://eventgrid.azure.net/.default"
KEY_VAULT = "https://vault.azure.net/.default"
MACHINE_LEARNING = "https://ml.azure.com/.default"
POSTGRESQL = "https://ossrdbms-aad.database.windows.net/.default"
REDIS = "https://redis.azure.com/.default"
SERVICE_BUS = "https://servicebus.azure.net/.default"
STORAGE = "https://storage.azure.com/.default"
BATCH = "https://batch.core.windows.net/.default"


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A bearer token of Microsoft Entra ID.

    Attributes:
        value: what goes after `Bearer`; a secret.
        expires_at: after this moment nobody takes it.
    """

    value: str = field(repr=False)
    expires_at: datetime


class AccessTokens(Protocol):
    """Tokens for whoever this process is."""

    async def token(self, scope: str) -> AccessToken:
        """Return a token for `scope` that is good for some minutes more, the kept one where there is one.

        Raises `UNAUTHENTICATED` where this process has no identity or Entra ID refuses it, with what to do;
        `UNAVAILABLE` where Entra ID cannot be reached.
        """
        ...

    async def aclose(self) -> None:
        """Close the connections; closing twice is harmless."""
        ...
