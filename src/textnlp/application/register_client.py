"""Register a program that calls with an API key."""

from datetime import datetime

from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identity.api_key import ApiKey
from textnlp.domain.identity.client import Client, ClientRequest, make_client
from textnlp.ports.client_registry import ClientRegistry

_KEY_ATTEMPTS = 3


async def register_client(registry: ClientRegistry, request: ClientRequest, *, now: datetime) -> tuple[Client, ApiKey]:
    """Register a client and return it with its key, which cannot be had again.

    A key whose public part is taken is thrown again. Raises what `make_client` does.
    """
    for attempt in range(_KEY_ATTEMPTS):
        client, key = make_client(request, now=now)
        try:
            await registry.create(client)
        except TextNLPError as error:
            if error.kind is not ErrorKind.CONFLICT or attempt == _KEY_ATTEMPTS - 1:
                raise
        else:
            return client, key
    raise AssertionError("the last attempt returns or raises")
