"""Embeddings, as OpenAI's clients ask for them and read them."""

import base64
import sys
from array import array
from typing import Annotated, Any, ClassVar, Literal

import msgspec

from textnlp.domain.embedding.model import EmbeddingInput, EmbeddingRequest, Embeddings
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError, invalid_input
from textnlp.topology.limits import Limits

_FIELD = "input"
_HIGHEST_TOKEN = (1 << 31) - 1

Token = Annotated[int, msgspec.Meta(ge=0, le=_HIGHEST_TOKEN)]
Dimensions = Annotated[int, msgspec.Meta(ge=1, le=65_536)]
ModelName = Annotated[str, msgspec.Meta(min_length=1)]
Items = Annotated[list[str | Token | list[Token]], msgspec.Meta(min_length=1)]


class EmbeddingCreate(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Texts to be turned into vectors.

    Attributes:
        input: a text, several, a text as tokens, or several as tokens; tokens go to endpoints only.
        model: the model that comes with the platform where none is named; where the path names a deployment, that
            counts.
        dimensions: length of the vectors, where the model can shorten them.
        encoding_format: `float` for numbers, `base64` for 32-bit numbers, the least significant byte first.
        user: not looked at.
    """

    input: str | Items
    model: ModelName | None = None
    dimensions: Dimensions | None = None
    encoding_format: Literal["float", "base64"] | None = None
    user: Any = None

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "input": ["The kettle boils in two minutes.", "It whistles when it is done."],
        "model": "all-minilm-l6-v2",
        "encoding_format": "float",
    }

    def order(self, *, model: str, limits: Limits) -> EmbeddingRequest:
        """Return what is asked of the engine; raise `INVALID_INPUT` for an empty text, `TOO_LARGE` above the limits."""
        inputs = self._inputs()
        if len(inputs) > limits.max_embedding_inputs:
            raise _too_large(f"{len(inputs):,} inputs", "max_embedding_inputs", limits.max_embedding_inputs)
        size = sum(len(each) for each in inputs)
        if size > limits.max_embedding_characters:
            raise _too_large(
                f"{size:,} characters or tokens", "max_embedding_characters", limits.max_embedding_characters
            )
        for index, each in enumerate(inputs):
            if not each:
                field = _FIELD if isinstance(self.input, str) else f"{_FIELD}[{index}]"
                raise invalid_input("A text to be embedded must not be empty.", field=field)
        return EmbeddingRequest(
            model=model,
            inputs=inputs,
            dimensions=self.dimensions,
            timeout_seconds=limits.attempt_timeout_seconds,
        )

    def _inputs(self) -> tuple[EmbeddingInput, ...]:
        if isinstance(self.input, str):
            return (self.input,)
        texts = [each for each in self.input if isinstance(each, str)]
        tokens = [each for each in self.input if isinstance(each, int)]
        lists = [tuple(each) for each in self.input if isinstance(each, list)]
        if len(texts) == len(self.input):
            return tuple(texts)
        if len(tokens) == len(self.input):
            return (tuple(tokens),)
        if len(lists) == len(self.input):
            return tuple(lists)
        raise invalid_input("input mixes texts and tokens: give one kind.", field=_FIELD)


class EmbeddingRead(msgspec.Struct, kw_only=True):
    """One vector."""

    object: Literal["embedding"] = "embedding"
    index: int
    embedding: list[float] | str


class EmbeddingUsage(msgspec.Struct, kw_only=True):
    """Tokens of all inputs together."""

    prompt_tokens: int
    total_tokens: int


class EmbeddingsRead(msgspec.Struct, kw_only=True):
    """One vector an input, in their order."""

    object: Literal["list"] = "list"
    data: list[EmbeddingRead]
    model: str
    usage: EmbeddingUsage

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "object": "list",
        "data": [
            {"object": "embedding", "index": 0, "embedding": [0.0123, -0.0456, 0.0789]},
            {"object": "embedding", "index": 1, "embedding": [0.0321, -0.0654, 0.0987]},
        ],
        "model": "all-minilm-l6-v2",
        "usage": {"prompt_tokens": 18, "total_tokens": 18},
    }


def read_embeddings(answer: Embeddings, *, encoding_format: str | None) -> EmbeddingsRead:
    """Show vectors in the format asked for."""
    encode = _base64 if encoding_format == "base64" else list[float]
    return EmbeddingsRead(
        data=[EmbeddingRead(index=index, embedding=encode(vector)) for index, vector in enumerate(answer.vectors)],
        model=answer.model,
        usage=EmbeddingUsage(prompt_tokens=answer.usage.prompt_tokens, total_tokens=answer.usage.total_tokens),
    )


def _base64(vector: "array[float]") -> str:
    if sys.byteorder == "big":
        vector = array("f", vector)
        vector.byteswap()
    return base64.b64encode(vector.tobytes()).decode()


def _too_large(what: str, limit_name: str, allowed: int) -> TextNLPError:
    return TextNLPError(
        f"{what} are more than the {allowed:,} of one request.",
        kind=ErrorKind.TOO_LARGE,
        facts=ErrorFacts(hint="Send them in several requests.", field=_FIELD, limit_name=limit_name),
    )
