"""A model that runs inside this process."""

import asyncio
import contextlib
import dataclasses
import weakref
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from textnlp.adapters.engines.llama_run import LlamaRun
from textnlp.adapters.engines.llama_server import (
    LlamaServer,
    choose_size,
    compact_grammar,
    load_server,
    usable_cores,
)
from textnlp.adapters.engines.openai_compatible.wire import StreamEnding, decode_chunk
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError, invalid_input
from textnlp.domain.generation.model import (
    NO_USAGE,
    Completion,
    CompletionChunk,
    EngineCapabilities,
    FinishReason,
    GenerationRequest,
)
from textnlp.domain.generation.rules import require_capable

FindModelFile = Callable[[], Awaitable[Path]]

_SEEDS = (1 << 32) - 1
"""The highest 32-bit number stands for a random seed in llama.cpp, so it is not used as one."""


class EmbeddedEngine:
    """Runs a GGUF file through llama.cpp, several generations at a time, and never on the event loop's thread.

    The model is loaded once, by the first call or by `check`; while it is read in, a third of a second for the small
    model, llama.cpp lets no other Python code run. That time does not count towards a request's timeout, waiting for
    a free slot does. A call that is cancelled or times out returns at once, and its slot is free again when the
    generation has reached its next token. Without `max_tokens` an answer ends at `default_max_tokens`; one that fills
    the context ends with `LENGTH` too, and a prompt that does not fit raises `CONTEXT_EXCEEDED` with both numbers.

    With a single slot the same seed gives the same answer. With several, answers depend in the last digit of their
    probabilities on what else is being written.

    Args:
        model_file: the file, or what finds it when it is first needed.
        name: the model's name, which answers carry.
        slots: generations at one time, chosen from the cores where None.
        threads: threads that compute, chosen from the cores where None.
        context_tokens: prompt and completion together, of one generation.
        default_max_tokens: completion tokens where the request names no limit.
    """

    def __init__(
        self,
        model_file: Path | FindModelFile,
        *,
        name: str,
        slots: int | None = None,
        threads: int | None = None,
        context_tokens: int = 2048,
        default_max_tokens: int = 512,
    ) -> None:
        self._model_file = model_file
        self._name = name
        self._default_max_tokens = default_max_tokens
        self.size = choose_size(cores=usable_cores(), slots=slots, threads=threads, context_tokens=context_tokens)
        self._capabilities = EngineCapabilities(
            constrains_to_schema=True,
            is_deterministic=self.size.slots == 1,
            max_concurrency=self.size.slots,
        )
        self._slots = asyncio.Semaphore(self.size.slots)
        self._runs: set[LlamaRun] = set()
        self._loading: asyncio.Task[None] | None = None
        self._loaded: list[LlamaServer] = []
        # Also at the end of a process that did not close the engine: llama.cpp must go before the interpreter does.
        weakref.finalize(self, self._loaded.clear)
        self._is_closed = False
        self._last_grammar: tuple[object, str] = (None, "")

    @property
    def name(self) -> str:
        """The model's name."""
        return self._name

    @property
    def capabilities(self) -> EngineCapabilities:
        """What the engine can do; `max_concurrency` is the number of slots."""
        return self._capabilities

    async def generate(self, request: GenerationRequest) -> Completion:
        """Write the whole completion."""
        pieces: list[str] = []
        last = CompletionChunk()
        async with contextlib.aclosing(self.stream(request)) as chunks:
            async for chunk in chunks:
                pieces.append(chunk.text)
                last = chunk
        return Completion(
            text="".join(pieces),
            model=self._name,
            finish_reason=last.finish_reason or FinishReason.STOP,
            usage=last.usage or NO_USAGE,
        )

    async def stream(self, request: GenerationRequest) -> AsyncGenerator[CompletionChunk]:
        """Write the completion token by token."""
        require_capable(request, self._capabilities)
        await self.check()
        body = self._encoded(request)
        deadline = asyncio.get_running_loop().time() + request.timeout_seconds
        async with self._ends_in_time(deadline, request):
            await self._slots.acquire()
        run = self._started(body)
        ending = StreamEnding(self._name)
        try:
            while True:
                async with self._ends_in_time(deadline, request):
                    piece = await run.next_piece()
                if piece is None:
                    break
                chunk = ending.pass_on(self._decoded(piece))
                if chunk is not None:
                    yield chunk
            yield ending.last_chunk()
        finally:
            run.stop()

    async def check(self) -> None:
        """Load the model if it is not loaded."""
        if self._is_closed:
            raise _closed()
        if not self._loaded:
            if self._loading is None:
                self._loading = asyncio.create_task(self._load(), name="load model")
                self._loading.add_done_callback(_take_note)
            await asyncio.shield(self._loading)

    async def aclose(self) -> None:
        """End what is being written, and free the model."""
        self._is_closed = True
        if self._loading is not None:
            await asyncio.wait([self._loading])
        for run in self._runs:
            run.stop()
        while self._runs:
            await next(iter(self._runs)).ended.wait()
        await asyncio.to_thread(self._loaded.clear)

    async def _load(self) -> None:
        """Load the model; where that fails, the next call tries again and this one's callers get the error."""
        try:
            found = self._model_file
            model_file = found if isinstance(found, Path) else await found()
            self._loaded.append(await asyncio.to_thread(load_server, model_file, self.size))
        finally:
            self._loading = None

    def _started(self, body: bytes) -> LlamaRun:
        """Begin a generation in the slot that the caller holds."""
        if self._is_closed or not self._loaded:
            self._slots.release()
            raise _closed()
        run = LlamaRun(body, on_end=self._on_run_end)
        self._runs.add(run)
        run.start(self._loaded[0])
        return run

    def _on_run_end(self, run: LlamaRun) -> None:
        self._runs.discard(run)
        self._slots.release()

    @contextlib.asynccontextmanager
    async def _ends_in_time(self, deadline: float, request: GenerationRequest) -> AsyncGenerator[None]:
        try:
            async with asyncio.timeout_at(deadline):
                yield
        except TimeoutError as exc:
            message = f"{self._name} did not answer within {request.timeout_seconds:g} s."
            raise TextNLPError(message, kind=ErrorKind.TIMEOUT) from exc

    def _encoded(self, request: GenerationRequest) -> bytes:
        parameters = request.parameters
        sampling: dict[str, Any] = {
            "temperature": parameters.temperature,
            "top_p": parameters.top_p,
            "seed": None if parameters.seed is None else parameters.seed % _SEEDS,
            "stop": list(parameters.stop) or None,
            "frequency_penalty": parameters.frequency_penalty,
            "presence_penalty": parameters.presence_penalty,
            "grammar": None if request.response_schema is None else self._grammar(request.response_schema),
        }
        body: dict[str, Any] = {
            "messages": request.messages,
            "max_tokens": parameters.max_tokens or self._default_max_tokens,
            "stream": True,
            "stream_options": {"include_usage": True},
            "return_progress": True,
            "cache_prompt": not self._capabilities.is_deterministic,
            **{name: value for name, value in sampling.items() if value is not None},
        }
        try:
            return msgspec.json.encode(body)
        except UnicodeEncodeError as exc:
            raise invalid_input("The prompt holds half of a surrogate pair, which is no valid Unicode.") from exc

    def _grammar(self, schema: Mapping[str, Any]) -> str:
        """Return the grammar of a schema; the last one is kept, since the rows of a batch share one."""
        if self._last_grammar[0] is not schema:
            self._last_grammar = (schema, compact_grammar(schema))
        return self._last_grammar[1]

    def _decoded(self, piece: bytes) -> CompletionChunk:
        try:
            chunk = decode_chunk(piece)
        except TextNLPError as error:
            if error.kind is ErrorKind.CONTEXT_EXCEEDED:
                raise self._context_exceeded(piece) from error
            raise
        return dataclasses.replace(chunk, model=self._name)

    def _context_exceeded(self, piece: bytes) -> TextNLPError:
        told = msgspec.json.decode(piece, type=_Overflow).error
        return TextNLPError(
            f"The prompt has {told.n_prompt_tokens} tokens, and the model's context holds {told.n_ctx}.",
            kind=ErrorKind.CONTEXT_EXCEEDED,
            facts=ErrorFacts(hint="Shorten the prompt, or give fewer slots more context each."),
        )


class _OverflowFacts(msgspec.Struct):
    n_prompt_tokens: int = 0
    n_ctx: int = 0


class _Overflow(msgspec.Struct):
    error: _OverflowFacts


def _take_note(loading: asyncio.Task[None]) -> None:
    """Look at the outcome, lest asyncio complains of it where every caller has left."""
    if not loading.cancelled():
        loading.exception()


def _closed() -> TextNLPError:
    return TextNLPError("The engine is closed.", kind=ErrorKind.UNAVAILABLE)
