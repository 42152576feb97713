# Made from the OpenAPI document. To renew: make reference
"""The operations around OpenAI's embeddings, and the models."""

from typing import Any, Literal

import msgspec

from textnlp.client.async_transport import AsyncTransport
from textnlp.client.call import Call
from textnlp.client.transport import Transport


class EmbeddingCreate(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Texts to be turned into vectors.

    Attributes:
        input: a text, several, a text as tokens, or several as tokens; tokens go to endpoints only.
        model: the model that comes with the platform where none is named; where the path names a deployment, that
            counts.
        dimensions: length of the vectors, where the model can shorten them.
        encoding_format: `float` for numbers, `base64` for 32-bit numbers, the least significant byte first.
        user: not looked at.
    """

    input: str | list[str | int | list[int]]
    model: str | None = None
    dimensions: int | None = None
    encoding_format: Literal["base64", "float"] | None = None
    user: Any = None


class EmbeddingRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One vector."""

    object: str = "embedding"
    index: int
    embedding: list[float] | str


class EmbeddingUsage(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Tokens of all inputs together."""

    prompt_tokens: int
    total_tokens: int


class EmbeddingsRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One vector an input, in their order."""

    object: str = "list"
    data: list[EmbeddingRead]
    model: str
    usage: EmbeddingUsage


class OpenAIEmbeddings:
    """The operations around OpenAI's embeddings, one call at a time."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def embed(self, body: EmbeddingCreate) -> EmbeddingsRead:
        """Turn texts into vectors.

        Where the model is an alias of several deployments, `X-TextNLP-Deployment` names the one that answered. The
        calls to the model are cancelled when the caller hangs up.
        """
        return self._transport.decoded(_embed(body), EmbeddingsRead)


class AsyncOpenAIEmbeddings:
    """The operations around OpenAI's embeddings, while others work."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def embed(self, body: EmbeddingCreate) -> EmbeddingsRead:
        """Turn texts into vectors.

        Where the model is an alias of several deployments, `X-TextNLP-Deployment` names the one that answered. The
        calls to the model are cancelled when the caller hangs up.
        """
        return await self._transport.decoded(_embed(body), EmbeddingsRead)


def _embed(body: EmbeddingCreate) -> Call:
    return Call(method="POST", path="/v1/embeddings", body=body, takes_key=True)
