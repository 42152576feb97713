"""Where a model server says how busy it is."""

from typing import Protocol

from textnlp.domain.admission.server_load import ServerLoad


class LoadSource(Protocol):
    """Tells the load of one server; holds nothing between two readings."""

    async def read(self) -> ServerLoad:
        """Ask the server once, for a few seconds at most.

        Raises `UNAVAILABLE` and `TIMEOUT` where it does not answer, `BAD_RESPONSE` for an answer without the figures.
        """
        ...
