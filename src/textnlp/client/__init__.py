"""A typed client of a platform: `Client`, and `AsyncClient` where other work goes on meanwhile."""

from textnlp.client.client import AsyncClient, Client

__all__ = ["AsyncClient", "Client"]
