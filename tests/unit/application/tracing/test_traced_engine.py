import json
from collections.abc import AsyncGenerator

import pytest

from tests.factories.memory_platform import CLOCK
from tests.factories.traces import MemoryTracing
from textnlp.adapters.engines.scripted import ScriptedEngine
from textnlp.adapters.engines.scripted_embeddings import ScriptedEmbeddings
from textnlp.application.tracing.traced_engine import CallTracing, TracedEmbeddings, TracedEngine
from textnlp.bootstrap.telemetry_wiring import text_redaction
from textnlp.domain.embedding.model import EmbeddingRequest
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import (
    Completion,
    CompletionChunk,
    EngineCapabilities,
    GenerationRequest,
    Message,
    Parameters,
    Role,
)

MAIL = "anna.svensson@example.org"
REQUEST = GenerationRequest(
    model="scripted",
    messages=(Message(Role.SYSTEM, "Be brief."), Message(Role.USER, f"Write to {MAIL}")),
    parameters=Parameters(max_tokens=20, temperature=0.5),
)


class Refusing:
    """An engine that refuses with what it was asked."""

    name = "refusing"
    capabilities = EngineCapabilities()

    async def generate(self, request: GenerationRequest) -> Completion:
        raise TextNLPError(f"No: {request.messages[-1].content}", kind=ErrorKind.RATE_LIMITED)

    async def stream(self, request: GenerationRequest) -> AsyncGenerator[CompletionChunk]:
        yield CompletionChunk(text="a")
        await self.generate(request)

    async def check(self) -> None:
        """Be there."""

    async def aclose(self) -> None:
        """Let go of nothing."""


async def test_a_call_is_one_span_with_the_names_of_the_conventions_and_without_texts() -> None:
    tracing = MemoryTracing()
    told = CallTracing(tracer=tracing.tracer, provider="openai", server_address="models.example")
    engine = TracedEngine(ScriptedEngine(clock=CLOCK), tracing=told)
    with tracing.tracer.begin("work") as work, tracing.tracer.within(work):
        answer = await engine.generate(REQUEST)
    (call,) = tracing.named("chat scripted")
    assert call.kind == "client"
    assert dict(call.attributes) == {
        "peer.service": "models",
        "server.address": "models.example",
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.system": "openai",
        "gen_ai.request.model": "scripted",
        "gen_ai.request.max_tokens": 20,
        "gen_ai.request.temperature": 0.5,
        "gen_ai.response.model": answer.model,
        "gen_ai.response.finish_reasons": (answer.finish_reason.value,),
        "gen_ai.usage.input_tokens": answer.usage.prompt_tokens,
        "gen_ai.usage.output_tokens": answer.usage.completion_tokens,
        "textnlp.deployment": "scripted",
    }


async def test_a_stream_is_one_span_to_its_last_piece() -> None:
    tracing = MemoryTracing()
    engine = TracedEngine(ScriptedEngine(clock=CLOCK), tracing=CallTracing(tracer=tracing.tracer, provider="openai"))
    with tracing.tracer.begin("work") as work, tracing.tracer.within(work):
        pieces = [piece async for piece in engine.stream(REQUEST)]
    (call,) = tracing.named("chat scripted")
    used = pieces[-1].usage
    assert used is not None
    assert call.attributes["gen_ai.usage.output_tokens"] == used.completion_tokens


async def test_a_refusal_is_told_by_its_kind_and_a_broken_stream_as_failed() -> None:
    tracing = MemoryTracing()
    engine = TracedEngine(Refusing(), tracing=CallTracing(tracer=tracing.tracer, provider="openai"))
    with tracing.tracer.begin("work") as work, tracing.tracer.within(work):
        with pytest.raises(TextNLPError):
            await engine.generate(REQUEST)
        with pytest.raises(TextNLPError):
            _ = [piece async for piece in engine.stream(REQUEST)]
    calls = tracing.named("chat scripted")
    assert [(span.has_failed, span.attributes["error.type"]) for span in calls] == [(True, "rate_limited")] * 2
    assert MAIL not in str(calls)
    await engine.check()
    await engine.aclose()
    assert engine.name == "refusing"
    assert engine.capabilities == EngineCapabilities()


@pytest.mark.parametrize("is_streamed", [False, True])
async def test_texts_are_recorded_where_it_is_asked_for_without_personal_data(*, is_streamed: bool) -> None:
    tracing = MemoryTracing()
    told = CallTracing(tracer=tracing.tracer, provider="openai", redact=text_redaction())
    engine = TracedEngine(ScriptedEngine(clock=CLOCK), tracing=told)
    with tracing.tracer.begin("work") as work, tracing.tracer.within(work):
        if is_streamed:
            _ = [piece async for piece in engine.stream(REQUEST)]
        else:
            await engine.generate(REQUEST)
    (call,) = tracing.named("chat scripted")
    asked = json.loads(call.attributes["gen_ai.input.messages"])
    assert [(each["role"], each["parts"][0]["content"]) for each in asked] == [
        ("system", "Be brief."),
        ("user", "Write to [EMAIL]"),
    ]
    (answered,) = json.loads(call.attributes["gen_ai.output.messages"])
    assert answered["role"] == "assistant"
    assert answered["parts"][0]["content"]
    assert MAIL not in str(tracing.spans())


async def test_embeddings_are_calls_without_their_inputs() -> None:
    tracing = MemoryTracing()
    told = CallTracing(tracer=tracing.tracer, provider="openai", redact=text_redaction())
    engine = TracedEmbeddings(ScriptedEmbeddings(), tracing=told)
    request = EmbeddingRequest(model="scripted", inputs=("secret words",))
    assert len((await engine.embed(request)).vectors) == 1
    with tracing.tracer.begin("work") as work, tracing.tracer.within(work):
        await engine.embed(request)
    await engine.check()
    await engine.aclose()
    (call,) = tracing.named("embeddings scripted")
    assert call.attributes["gen_ai.operation.name"] == "embeddings"
    assert call.attributes["gen_ai.usage.input_tokens"] > 0
    assert "secret" not in str(call)
    assert engine.most_inputs > 0
    assert engine.name
