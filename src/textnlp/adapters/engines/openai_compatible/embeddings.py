"""An embedding engine behind any endpoint that speaks OpenAI's embeddings."""

from array import array

import msgspec

from textnlp.adapters.engines.openai_compatible.address import EndpointAddress
from textnlp.adapters.engines.openai_compatible.authentication import Authentication
from textnlp.adapters.engines.openai_compatible.connections import ConnectionOptions, read_bounded
from textnlp.adapters.engines.openai_compatible.endpoint import Endpoint
from textnlp.adapters.engines.openai_compatible.faults import error_from_event
from textnlp.domain.embedding.model import EmbeddingInput, EmbeddingRequest, Embeddings
from textnlp.domain.errors import ErrorKind, TextNLPError, invalid_input
from textnlp.domain.generation.model import Usage
from textnlp.ports.clock import Clock

MOST_INPUTS = 256
"""An eighth of what OpenAI takes, so that an answer of long vectors fits and a call that fails costs little."""


class _Body(msgspec.Struct, omit_defaults=True, kw_only=True):
    model: str
    input: tuple[EmbeddingInput, ...]
    encoding_format: str = msgspec.field(default_factory=lambda: "float")
    dimensions: int | None = None


class _Item(msgspec.Struct):
    embedding: list[float]
    index: int | None = None


class _Usage(msgspec.Struct):
    prompt_tokens: int | None = None


class _Answer(msgspec.Struct):
    data: list[_Item] | None = None
    model: str | None = None
    usage: _Usage | None = None
    error: object = None


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(_Answer).decode


class OpenAICompatibleEmbeddings:
    """Calls one endpoint over kept-alive connections; raises as the port `EmbeddingEngine` says.

    Inputs given as tokens are sent on: whether they are taken, and which vocabulary they are of, the endpoint knows.
    Vectors are asked for as numbers, which every server can do. Redirects are not followed.

    Args:
        address: where the endpoint is, from `parse_base_url`.
        clock: reads dates in `Retry-After`.
        name: the deployment, for limits and logs; the endpoint's origin where None.
        authentication: what identifies the caller.
        connections: how the endpoint is connected to.
    """

    def __init__(
        self,
        address: EndpointAddress,
        *,
        clock: Clock,
        name: str | None = None,
        authentication: Authentication | None = None,
        connections: ConnectionOptions | None = None,
    ) -> None:
        self._name = name or address.origin
        self._endpoint = Endpoint(address, clock=clock, authentication=authentication, connections=connections)

    @property
    def name(self) -> str:
        """The deployment this engine calls."""
        return self._name

    @property
    def most_inputs(self) -> int:
        """How many inputs one call may hold."""
        return MOST_INPUTS

    async def embed(self, request: EmbeddingRequest) -> Embeddings:
        """Return the vectors."""
        try:
            body = _encode(_Body(model=request.model, input=request.inputs, dimensions=request.dimensions))
        except UnicodeEncodeError as exc:
            raise invalid_input("A text holds half of a surrogate pair, which is no valid Unicode.") from exc
        url = self._endpoint.address.embeddings
        async with self._endpoint.posted(url, body, timeout_seconds=request.timeout_seconds) as response:
            answer = await read_bounded(response)
        return decode_embeddings(answer, model=request.model)

    async def check(self) -> None:
        """Ask for the list of models; an endpoint that has none is taken to be well."""
        await self._endpoint.check()

    async def aclose(self) -> None:
        """Close all connections."""
        await self._endpoint.aclose()


def decode_embeddings(body: bytes, *, model: str) -> Embeddings:
    """Read an answer, its vectors in the order of their `index`; `model` stands in where the answer names none.

    Raises `BAD_RESPONSE` for an answer that is none, and the error that the answer tells of in place of vectors.
    """
    try:
        answer = _decode(body)
        if answer.error:
            raise error_from_event(answer.error)
        data = answer.data or []
        ordered = sorted(enumerate(data), key=lambda item: item[0] if item[1].index is None else item[1].index)
        vectors = tuple(array("f", item.embedding) for _, item in ordered)
    except (msgspec.MsgspecError, UnicodeDecodeError, OverflowError) as exc:
        raise TextNLPError(f"The answer holds no embeddings: {exc}.", kind=ErrorKind.BAD_RESPONSE) from exc
    tokens = (answer.usage.prompt_tokens if answer.usage else None) or 0
    return Embeddings(vectors=vectors, model=answer.model or model, usage=Usage(prompt_tokens=tokens))
