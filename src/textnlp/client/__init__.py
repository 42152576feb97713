"""A typed client of a platform: `Client`, and `AsyncClient` where other work goes on meanwhile."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textnlp.client.client import AsyncClient, Client

__all__ = ["AsyncClient", "Client"]


def __getattr__(name: str) -> object:
    """Import what connects when it is asked for: the shapes beside it are used without."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from textnlp.client import client  # noqa: PLC0415  its docstring says why

    return getattr(client, name)
