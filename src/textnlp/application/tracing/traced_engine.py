"""Engines whose calls are seen in traces, one span an attempt."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass

from textnlp.application.tracing.recorded_texts import Redaction, recorded_completion, recorded_prompt
from textnlp.domain.embedding.model import EmbeddingRequest, Embeddings
from textnlp.domain.generation.model import (
    Completion,
    CompletionChunk,
    EngineCapabilities,
    GenerationRequest,
    Usage,
)
from textnlp.ports.embedding_engine import EmbeddingEngine
from textnlp.ports.text_engine import TextEngine
from textnlp.ports.tracer import AttributeValue, Span, Tracer
from textnlp.topology.spans import (
    DEPLOYMENT,
    GEN_AI_FINISH_REASONS,
    GEN_AI_INPUT_MESSAGES,
    GEN_AI_INPUT_TOKENS,
    GEN_AI_MAX_TOKENS,
    GEN_AI_MODEL,
    GEN_AI_OPERATION,
    GEN_AI_OUTPUT_MESSAGES,
    GEN_AI_OUTPUT_TOKENS,
    GEN_AI_PROVIDER,
    GEN_AI_RESPONSE_MODEL,
    GEN_AI_SYSTEM,
    GEN_AI_TEMPERATURE,
    PEER,
    SERVER_ADDRESS,
)

_PART = "models"
_CHAT = "chat"
_EMBED = "embeddings"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallTracing:
    """How the calls to one deployment are recorded.

    Attributes:
        provider: `gen_ai.provider.name`.
        server_address: its host; empty for a model in this process.
        redact: takes out of texts what must not be recorded; None where no text is.
    """

    tracer: Tracer
    provider: str
    server_address: str = ""
    redact: Redaction | None = None

    def begin(self, operation: str, model: str, *, deployment: str) -> Span:
        """Begin one call."""
        attributes: dict[str, AttributeValue] = {
            PEER: _PART,
            GEN_AI_OPERATION: operation,
            GEN_AI_PROVIDER: self.provider,
            GEN_AI_SYSTEM: self.provider,
            GEN_AI_MODEL: model,
            DEPLOYMENT: deployment,
        }
        if self.server_address:
            attributes[SERVER_ADDRESS] = self.server_address
        return self.tracer.call(f"{operation} {model}", attributes=attributes)


class TracedEngine:
    """Satisfies `TextEngine` over another one, which it owns."""

    def __init__(self, engine: TextEngine, *, tracing: CallTracing) -> None:
        self._engine = engine
        self._tracing = tracing

    @property
    def name(self) -> str:
        """The deployment's name."""
        return self._engine.name

    @property
    def capabilities(self) -> EngineCapabilities:
        """What the engine can do."""
        return self._engine.capabilities

    async def generate(self, request: GenerationRequest) -> Completion:
        """Write the whole completion; most rows of a batch are in no trace, and cost no more than that question."""
        if not self._tracing.tracer.is_recording:
            return await self._engine.generate(request)
        with self._begun(request) as span:
            completion = await self._engine.generate(request)
            if span.traceparent:
                reason = completion.finish_reason.value
                self._note(span, completion.usage, model=completion.model, reason=reason, text=completion.text)
            return completion

    async def stream(self, request: GenerationRequest) -> AsyncGenerator[CompletionChunk]:
        """Write the completion in pieces; the call lasts to the last one."""
        if not self._tracing.tracer.is_recording:
            async for chunk in self._engine.stream(request):
                yield chunk
            return
        usage, model, reason = None, "", ""
        pieces: list[str] = []
        with self._begun(request) as span:
            keeps_text = bool(span.traceparent) and self._tracing.redact is not None
            try:
                async for chunk in self._engine.stream(request):
                    usage, model = chunk.usage or usage, chunk.model or model
                    reason = chunk.finish_reason.value if chunk.finish_reason else reason
                    if keeps_text:
                        pieces.append(chunk.text)
                    yield chunk
            finally:
                if span.traceparent:
                    self._note(span, usage or Usage(), model=model, reason=reason, text="".join(pieces))

    async def check(self) -> None:
        """Raise what a request would meet."""
        await self._engine.check()

    async def aclose(self) -> None:
        """Close the engine."""
        await self._engine.aclose()

    def _begun(self, request: GenerationRequest) -> Span:
        tracing = self._tracing
        span = tracing.begin(_CHAT, request.model, deployment=self._engine.name)
        if span.traceparent:
            asked = request.parameters
            if asked.max_tokens is not None:
                span.note({GEN_AI_MAX_TOKENS: asked.max_tokens})
            if asked.temperature is not None:
                span.note({GEN_AI_TEMPERATURE: asked.temperature})
            if tracing.redact is not None:
                span.note({GEN_AI_INPUT_MESSAGES: recorded_prompt(request.messages, redact=tracing.redact)})
        return span

    def _note(self, span: Span, usage: Usage, *, model: str, reason: str, text: str) -> None:
        noted: dict[str, AttributeValue] = {
            GEN_AI_RESPONSE_MODEL: model,
            GEN_AI_INPUT_TOKENS: usage.prompt_tokens,
            GEN_AI_OUTPUT_TOKENS: usage.completion_tokens,
        }
        if reason:
            noted[GEN_AI_FINISH_REASONS] = (reason,)
        redact = self._tracing.redact
        if redact is not None:
            noted[GEN_AI_OUTPUT_MESSAGES] = recorded_completion(text, finish_reason=reason, redact=redact)
        span.note(noted)


class TracedEmbeddings:
    """Satisfies `EmbeddingEngine` over another one, which it owns; inputs and vectors are never recorded."""

    def __init__(self, engine: EmbeddingEngine, *, tracing: CallTracing) -> None:
        self._engine = engine
        self._tracing = tracing

    @property
    def name(self) -> str:
        """The deployment's name."""
        return self._engine.name

    @property
    def most_inputs(self) -> int:
        """How many inputs one call may hold."""
        return self._engine.most_inputs

    async def embed(self, request: EmbeddingRequest) -> Embeddings:
        """Return one vector an input."""
        with self._tracing.begin(_EMBED, request.model, deployment=self._engine.name) as span:
            answer = await self._engine.embed(request)
            span.note({GEN_AI_RESPONSE_MODEL: answer.model, GEN_AI_INPUT_TOKENS: answer.usage.prompt_tokens})
            return answer

    async def check(self) -> None:
        """Raise what a request would meet."""
        await self._engine.check()

    async def aclose(self) -> None:
        """Close the engine."""
        await self._engine.aclose()
