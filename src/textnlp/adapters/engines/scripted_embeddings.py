"""An embedding engine without a model: for tests, and for dry runs that must cost nothing."""

import math
from array import array
from hashlib import blake2b

from textnlp.domain.embedding.model import EmbeddingRequest, Embeddings
from textnlp.domain.embedding.rules import require_text
from textnlp.domain.errors import ErrorKind, TextNLPError, invalid_input
from textnlp.domain.generation.model import Usage
from textnlp.domain.usage.estimate import estimate_usage

DEFAULT_DIMENSIONS = 256
_MOST_INPUTS = 2_048


class ScriptedEmbeddings:
    """Turns texts into vectors by hashing their words, so that texts which share words are near each other.

    It is the hashing trick (Weinberger et al., 2009) over lower-case words, one dimension and sign a word; the same
    text gets the same vector, of length 1, in every process. Takes any number of dimensions.
    """

    def __init__(self, *, name: str = "scripted", most_inputs: int = _MOST_INPUTS) -> None:
        self._name = name
        self._most_inputs = most_inputs
        self._is_closed = False
        self.calls = 0

    @property
    def name(self) -> str:
        """The deployment's name."""
        return self._name

    @property
    def most_inputs(self) -> int:
        """How many inputs one call may hold."""
        return self._most_inputs

    async def embed(self, request: EmbeddingRequest) -> Embeddings:
        """Return the vectors; a token is four characters."""
        require_text(request, model=self._name)
        await self.check()
        self.calls += 1
        dimensions = request.dimensions or DEFAULT_DIMENSIONS
        try:
            vectors = tuple(_vector(str(text), dimensions) for text in request.inputs)
        except UnicodeEncodeError as exc:
            raise invalid_input("A text holds half of a surrogate pair, which is no valid Unicode.") from exc
        usage = Usage(prompt_tokens=estimate_usage(request).prompt_tokens)
        return Embeddings(vectors=vectors, model=request.model, usage=usage)

    async def check(self) -> None:
        """Raise `UNAVAILABLE` after `aclose`."""
        if self._is_closed:
            raise TextNLPError("The engine is closed.", kind=ErrorKind.UNAVAILABLE)

    async def aclose(self) -> None:
        """Answer no further request."""
        self._is_closed = True


def _vector(text: str, dimensions: int) -> "array[float]":
    sums = [0.0] * dimensions
    for word in text.lower().split() or [text]:
        hashed = int.from_bytes(blake2b(word.encode(), digest_size=8).digest(), "big")
        sums[(hashed >> 1) % dimensions] += 1.0 if hashed & 1 else -1.0
    length = math.sqrt(sum(value * value for value in sums))
    if length == 0:
        sums[0] = length = 1.0
    return array("f", [value / length for value in sums])
