# Made from the OpenAPI document. To renew: make reference
"""The operations around identity, and the models."""

from collections.abc import Mapping

import msgspec

from textnlp.client.async_transport import AsyncTransport
from textnlp.client.call import Call
from textnlp.client.transport import Transport


class TokenRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A token, in the shape of RFC 6749."""

    access_token: str
    token_type: str = "Bearer"
    expires_in: int
    scope: str


class Identity:
    """The operations around identity, one call at a time."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def give_token(self, form: Mapping[str, str]) -> TokenRead:
        """Give a client a token for its id and its API key, which is its secret; the grant is `client_credentials`."""
        return self._transport.decoded(_give_token(form), TokenRead)


class AsyncIdentity:
    """The operations around identity, while others work."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def give_token(self, form: Mapping[str, str]) -> TokenRead:
        """Give a client a token for its id and its API key, which is its secret; the grant is `client_credentials`."""
        return await self._transport.decoded(_give_token(form), TokenRead)


def _give_token(form: Mapping[str, str]) -> Call:
    return Call(method="POST", path="/identity/token", fields=form)
