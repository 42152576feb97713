# Made from the OpenAPI document. To renew: make reference
"""The operations around OpenAI's models, and the models."""

import msgspec

from textnlp.client.async_transport import AsyncTransport
from textnlp.client.call import Call, segment
from textnlp.client.transport import Transport


class ModelRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A model that can be asked; when it was made is not known, so `created` is 0."""

    id: str
    object: str = "model"
    created: int = 0
    owned_by: str = "textnlp"


class ModelsRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The models that are known by name."""

    object: str = "list"
    data: list[ModelRead]


class OpenAIModels:
    """The operations around OpenAI's models, one call at a time."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(self) -> ModelsRead:
        """List the models that are known by name, the default one among them."""
        return self._transport.decoded(_list(), ModelsRead)

    def show(self, model: str) -> ModelRead:
        """Show a model that can be asked.

        Where an endpoint answers for names that are not listed, every name is shown: which it knows, it says when
        asked.
        """
        return self._transport.decoded(_show(model), ModelRead)


class AsyncOpenAIModels:
    """The operations around OpenAI's models, while others work."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def list(self) -> ModelsRead:
        """List the models that are known by name, the default one among them."""
        return await self._transport.decoded(_list(), ModelsRead)

    async def show(self, model: str) -> ModelRead:
        """Show a model that can be asked.

        Where an endpoint answers for names that are not listed, every name is shown: which it knows, it says when
        asked.
        """
        return await self._transport.decoded(_show(model), ModelRead)


def _list() -> Call:
    return Call(method="GET", path="/v1/models")


def _show(model: str) -> Call:
    return Call(method="GET", path=f"/v1/models/{segment(model)}")
