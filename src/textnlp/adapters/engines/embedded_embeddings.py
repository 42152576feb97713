"""An embedding model that runs inside this process."""

import asyncio
import weakref
from array import array
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from textnlp.adapters.engines.llama_server import (
    LlamaEmbeddingServer,
    choose_size,
    load_embedding_server,
    usable_cores,
)
from textnlp.domain.embedding.model import EmbeddingRequest, Embeddings
from textnlp.domain.embedding.rules import require_dimensions, require_text
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError, invalid_input
from textnlp.domain.generation.model import Usage

FindModelFile = Callable[[], Awaitable[Path]]

_SLOTS = 16
_STEP_INPUTS = 16
_MOST_INPUTS = 256
_BEYOND_CONTEXT = "exceed_context_size_error"
_BEYOND_STEP = "too large to process"
"""What llama.cpp says of a text longer than the context, and of one longer still."""


class EmbeddedEmbeddings:
    """Runs a GGUF file of an embedding model through llama.cpp, and never on the event loop's thread.

    The model is loaded once, by the first call or by `check`, which does not count towards a request's timeout. Texts
    are computed sixteen at a time and one request after the other, since one alone keeps all cores busy; a call that
    is cancelled or times out returns at once, and what it had begun ends after its sixteen texts. Vectors have the
    length 1. A text beyond `context_tokens` raises `CONTEXT_EXCEEDED`, and nothing of its request is answered.

    Args:
        model_file: the file, or what finds it when it is first needed.
        name: the model's name, which answers carry.
        dimensions: length of its vectors.
        context_tokens: tokens of one text at most.
    """

    def __init__(self, model_file: Path | FindModelFile, *, name: str, dimensions: int, context_tokens: int) -> None:
        self._model_file = model_file
        self._name = name
        self._dimensions = dimensions
        self._size = choose_size(cores=usable_cores(), slots=_SLOTS, context_tokens=context_tokens)
        self._turn = asyncio.Lock()
        self._loading = asyncio.Lock()
        self._loaded: list[LlamaEmbeddingServer] = []
        # As in `EmbeddedEngine`: llama.cpp must go before the interpreter does.
        weakref.finalize(self, self._loaded.clear)
        self._is_closed = False

    @property
    def name(self) -> str:
        """The model's name."""
        return self._name

    @property
    def most_inputs(self) -> int:
        """How many inputs one call may hold."""
        return _MOST_INPUTS

    async def embed(self, request: EmbeddingRequest) -> Embeddings:
        """Return the vectors."""
        require_text(request, model=self._name)
        require_dimensions(request, model=self._name, dimensions=self._dimensions)
        await self.check()
        vectors: list[array[float]] = []
        tokens = 0
        try:
            async with asyncio.timeout(request.timeout_seconds):
                for begin in range(0, len(request.inputs), _STEP_INPUTS):
                    answer = await self._step(list(request.inputs[begin : begin + _STEP_INPUTS]))
                    vectors += [array("f", each["embedding"]) for each in answer["data"]]
                    tokens += answer["usage"]["prompt_tokens"]
        except TimeoutError as exc:
            message = f"{self._name} did not answer within {request.timeout_seconds:g} s."
            raise TextNLPError(message, kind=ErrorKind.TIMEOUT) from exc
        return Embeddings(vectors=tuple(vectors), model=self._name, usage=Usage(prompt_tokens=tokens))

    async def check(self) -> None:
        """Load the model if it is not loaded."""
        async with self._loading:
            if self._is_closed:
                raise TextNLPError("The engine is closed.", kind=ErrorKind.UNAVAILABLE)
            if not self._loaded:
                found = self._model_file
                model_file = found if isinstance(found, Path) else await found()
                self._loaded.append(await asyncio.to_thread(load_embedding_server, model_file, self._size))

    async def aclose(self) -> None:
        """Wait for what is being computed, and free the model."""
        self._is_closed = True
        async with self._turn, self._loading:
            await asyncio.to_thread(self._loaded.clear)

    async def _step(self, texts: list[Any]) -> Any:
        """Have a few texts computed; the turn is held until llama.cpp is done, even where nobody waits any more."""
        return await asyncio.shield(asyncio.create_task(self._computed(texts), name="embed"))

    async def _computed(self, texts: list[Any]) -> Any:
        async with self._turn:
            if not self._loaded:
                raise TextNLPError("The engine is closed.", kind=ErrorKind.UNAVAILABLE)
            try:
                answer = await asyncio.to_thread(self._loaded[0].handle_embeddings, {"input": texts})
            except RuntimeError as exc:
                raise invalid_input("A text holds half of a surrogate pair, which is no valid Unicode.") from exc
        if "error" in answer:
            raise self._refused(answer["error"])
        return answer

    def _refused(self, told: Mapping[str, Any]) -> TextNLPError:
        message = str(told.get("message", ""))
        if told.get("type") == _BEYOND_CONTEXT or _BEYOND_STEP in message:
            return TextNLPError(
                f"A text is longer than the {self._size.context_tokens} tokens that {self._name} reads.",
                kind=ErrorKind.CONTEXT_EXCEEDED,
                facts=ErrorFacts(hint="Divide it, and embed its parts.", field="input"),
            )
        return TextNLPError(f"llama.cpp failed: {message}.", kind=ErrorKind.UNAVAILABLE)
