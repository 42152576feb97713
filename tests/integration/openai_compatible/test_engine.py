"""The engine for OpenAI-compatible endpoints, over real sockets."""

import asyncio
import gzip
import json
from collections.abc import AsyncGenerator
from typing import Any

import pytest

from tests.doubles.openai_server import OpenAIStub, Reply, StubOptions
from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.engines.openai_compatible.address import parse_base_url
from textnlp.adapters.engines.openai_compatible.authentication import ApiKeyHeader, Authentication, BearerKey
from textnlp.adapters.engines.openai_compatible.connections import MAX_BODY_BYTES, ConnectionOptions
from textnlp.adapters.engines.openai_compatible.engine import OpenAICompatibleEngine
from textnlp.adapters.engines.openai_compatible.profile import PROFILES, EndpointProfile
from textnlp.application.generate_structured import generate_structured
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import (
    CompletionChunk,
    FinishReason,
    GenerationRequest,
    Message,
    Parameters,
    Role,
    Usage,
)

ANSWER = b'{"model":"m","choices":[{"message":{"content":"Hi."},"finish_reason":"stop"}]}'
KEY = "sk-right"


def request(prompt: str = "Hello", **given: Any) -> GenerationRequest:
    return GenerationRequest(model="m", messages=(Message(Role.USER, prompt),), **given)


def engine_for(
    base_url: str,
    *,
    authentication: Authentication | None = None,
    profile: EndpointProfile | None = None,
    max_connections: int = 8,
) -> OpenAICompatibleEngine:
    return OpenAICompatibleEngine(
        parse_base_url(base_url),
        clock=SystemClock(),
        authentication=authentication,
        profile=profile,
        connections=ConnectionOptions(max_connections=max_connections),
    )


@pytest.fixture
async def stub() -> AsyncGenerator[OpenAIStub]:
    async with OpenAIStub() as stub:
        yield stub


@pytest.fixture
async def engine(stub: OpenAIStub) -> AsyncGenerator[OpenAICompatibleEngine]:
    engine = engine_for(stub.base_url)
    yield engine
    await engine.aclose()


async def refused(engine: OpenAICompatibleEngine, asked: GenerationRequest | None = None) -> TextNLPError:
    with pytest.raises(TextNLPError) as caught:
        await engine.generate(asked or request())
    return caught.value


async def streamed(engine: OpenAICompatibleEngine) -> list[CompletionChunk]:
    return [chunk async for chunk in engine.stream(request())]


def event_stream(*pieces: bytes, is_whole: bool = True) -> Reply:
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces)
    head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
    return Reply(raw=head + chunks + (b"0\r\n\r\n" if is_whole else b""), is_cut=not is_whole)


async def test_the_prompt_arrives_and_the_answer_comes_back(stub: OpenAIStub, engine: OpenAICompatibleEngine) -> None:
    completion = await engine.generate(request("Grüße 🌍", parameters=Parameters(temperature=0.5, max_tokens=50)))
    assert completion.text == "echo: Grüße 🌍"
    assert stub.last_request is not None
    assert stub.last_request.json()["temperature"] == 0.5
    assert "authorization" not in stub.last_request.headers


async def test_connections_are_kept_and_bounded(stub: OpenAIStub) -> None:
    engine = engine_for(stub.base_url, max_connections=3)
    stub.options = StubOptions(latency_seconds=0.01)
    await asyncio.gather(*(engine.generate(request(str(number))) for number in range(30)))
    assert stub.stats.connections == 3
    assert stub.stats.max_in_flight == 3
    await engine.aclose()


@pytest.mark.parametrize(
    ("authentication", "header"),
    [(BearerKey(KEY), ("authorization", f"Bearer {KEY}")), (ApiKeyHeader(KEY), ("api-key", KEY))],
)
async def test_the_key_goes_along(stub: OpenAIStub, authentication: Authentication, header: tuple[str, str]) -> None:
    stub.options = StubOptions(api_key=KEY)
    engine = engine_for(stub.base_url, authentication=authentication)
    await engine.generate(request())
    assert stub.last_request is not None
    assert header in stub.last_request.headers.items()
    await engine.aclose()


async def test_a_wrong_key_is_told_without_showing_it(stub: OpenAIStub) -> None:
    engine = engine_for(stub.base_url, authentication=BearerKey("sk-wrong"))
    stub.script(Reply(status=401, body=b'{"error":{"message":"Incorrect API key: sk-wrong."}}'))
    error = await refused(engine)
    assert error.kind is ErrorKind.UNAUTHENTICATED
    assert "sk-wrong" not in error.full_text
    await engine.aclose()


async def test_a_refusal_says_how_long_to_wait(stub: OpenAIStub, engine: OpenAICompatibleEngine) -> None:
    stub.options = StubOptions(capacity=0, retry_after_seconds=0.25)
    error = await refused(engine)
    assert (error.kind, error.facts.retry_after_seconds) == (ErrorKind.RATE_LIMITED, 0.25)
    assert error.facts.status_code == 429


@pytest.mark.parametrize(
    ("options", "kind"),
    [
        (StubOptions(models=("other",)), ErrorKind.NOT_FOUND),
        (StubOptions(fault_500=1.0), ErrorKind.UNAVAILABLE),
        (StubOptions(fault_reset=1.0), ErrorKind.UNAVAILABLE),
        (StubOptions(fault_hang=1.0), ErrorKind.TIMEOUT),
    ],
)
async def test_what_goes_wrong_has_its_kind(
    stub: OpenAIStub,
    engine: OpenAICompatibleEngine,
    options: StubOptions,
    kind: ErrorKind,
) -> None:
    stub.options = options
    assert (await refused(engine, request(timeout_seconds=0.2))).kind is kind


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply(body=b"<html>login</html>"), ErrorKind.BAD_RESPONSE),
        (Reply(body=b""), ErrorKind.BAD_RESPONSE),
        (Reply(raw=b"SSH-2.0-OpenSSH_9.2\r\n", is_cut=True), ErrorKind.BAD_RESPONSE),
        (Reply(raw=b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{", is_cut=True), ErrorKind.UNAVAILABLE),
        (Reply(raw=b"", is_cut=True), ErrorKind.UNAVAILABLE),
        (Reply(body=b'{"pad":"' + b"x" * MAX_BODY_BYTES + b'"}'), ErrorKind.BAD_RESPONSE),
        (
            Reply(headers={"content-encoding": "gzip"}, body=gzip.compress(b" " * (MAX_BODY_BYTES + 1) + ANSWER)),
            ErrorKind.BAD_RESPONSE,
        ),
        (Reply(headers={"content-encoding": "gzip"}, body=b"no gzip"), ErrorKind.UNAVAILABLE),
        (Reply(status=502, headers={"content-type": "text/html"}, body=b"<h1>Bad"), ErrorKind.UNAVAILABLE),
    ],
    ids=["html", "empty", "no http", "cut body", "cut at once", "huge", "gzip bomb", "broken gzip", "html 502"],
)
async def test_an_answer_that_is_none_has_its_kind(
    stub: OpenAIStub,
    engine: OpenAICompatibleEngine,
    reply: Reply,
    kind: ErrorKind,
) -> None:
    stub.script(reply)
    assert (await refused(engine)).kind is kind
    assert (await engine.generate(request())).text == "echo: Hello"


async def test_a_compressed_answer_is_read(stub: OpenAIStub, engine: OpenAICompatibleEngine) -> None:
    stub.script(Reply(headers={"content-encoding": "gzip"}, body=gzip.compress(ANSWER)))
    assert (await engine.generate(request())).text == "Hi."


async def test_a_redirect_is_not_followed(stub: OpenAIStub) -> None:
    async with OpenAIStub() as elsewhere:
        engine = engine_for(stub.base_url, authentication=BearerKey(KEY))
        stub.script(Reply(status=307, headers={"location": f"{elsewhere.base_url}/chat/completions"}))
        error = await refused(engine)
        assert error.kind is ErrorKind.INVALID_INPUT
        assert elsewhere.base_url in error.message
        assert elsewhere.stats.connections == 0
        await engine.aclose()


async def test_nobody_listening_says_what_to_check() -> None:
    async with OpenAIStub() as gone:
        base_url = gone.base_url
    engine = engine_for(base_url)
    for error in (await refused(engine), await _check_error(engine)):
        assert error.kind is ErrorKind.UNAVAILABLE
        assert "base URL" in error.full_text
    await engine.aclose()


async def test_a_host_that_does_not_exist_is_unavailable() -> None:
    engine = engine_for("http://no-such-host.invalid/v1")
    assert (await refused(engine)).kind is ErrorKind.UNAVAILABLE
    await engine.aclose()


async def test_a_cancelled_call_leaves_the_server(stub: OpenAIStub, engine: OpenAICompatibleEngine) -> None:
    stub.options = StubOptions(latency_seconds=600)
    call = asyncio.create_task(engine.generate(request()))
    while not stub.stats.in_flight:  # noqa: ASYNC110  the stub counts, it does not tell
        await asyncio.sleep(0.001)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    async with asyncio.timeout(5):
        while stub.stats.in_flight:  # noqa: ASYNC110  as above
            await asyncio.sleep(0.001)
    assert stub.stats.outcomes == {"cancelled": 1}


async def test_a_stream_that_is_left_closes_its_connection(stub: OpenAIStub, engine: OpenAICompatibleEngine) -> None:
    stub.options = StubOptions(chunk_delay_seconds=0.01)
    stream = engine.stream(request("a long prompt to be echoed " * 20))
    assert (await anext(stream)).text
    await stream.aclose()
    async with asyncio.timeout(5):
        while stub.stats.in_flight:  # noqa: ASYNC110  as above
            await asyncio.sleep(0.001)
    assert stub.stats.outcomes == {"cancelled": 1}


async def test_a_stream_survives_every_way_of_being_cut_into_pieces(
    stub: OpenAIStub,
    engine: OpenAICompatibleEngine,
) -> None:
    stub.script(
        event_stream(
            b': ping\r\n\r\ndata: {"choices":[{"delta":{"con',
            'tent":"Grü'.encode()[:-1],
            "ü".encode()[-1:] + b'"}}]}\r\n',
            b'\r\nevent: x\ndata: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\n',
            b'data: {"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2}}\n\ndata: [DONE]\n\n',
        ),
    )  # fmt: skip
    assert await streamed(engine) == [
        CompletionChunk(text="Grü", model="m"),
        CompletionChunk(
            model="m",
            finish_reason=FinishReason.STOP,
            usage=Usage(prompt_tokens=1, completion_tokens=2),
        ),
    ]


async def test_a_server_that_does_not_stream_is_read_all_the_same(
    stub: OpenAIStub,
    engine: OpenAICompatibleEngine,
) -> None:
    stub.script(Reply(body=ANSWER))
    (chunk,) = await streamed(engine)
    assert (chunk.text, chunk.finish_reason) == ("Hi.", FinishReason.STOP)


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (event_stream(b'data: {"choices":[{"delta":{"content":"Hi"}}]}\n\n'), ErrorKind.UNAVAILABLE),
        (event_stream(b"data: {", is_whole=False), ErrorKind.UNAVAILABLE),
        (event_stream(b"data: nonsense\n\n"), ErrorKind.BAD_RESPONSE),
        (event_stream(b'data: {"error":{"message":"overloaded","code":429}}\n\n'), ErrorKind.RATE_LIMITED),
        (Reply(status=429), ErrorKind.RATE_LIMITED),
    ],
    ids=["no end", "cut", "no json", "error event", "refusal"],
)
async def test_a_stream_that_fails_has_its_kind(
    stub: OpenAIStub,
    engine: OpenAICompatibleEngine,
    reply: Reply,
    kind: ErrorKind,
) -> None:
    stub.script(reply)
    with pytest.raises(TextNLPError) as caught:
        await streamed(engine)
    assert caught.value.kind is kind


async def test_the_check_meets_what_a_request_would_meet(stub: OpenAIStub) -> None:
    stub.options = StubOptions(api_key=KEY)
    engine = engine_for(stub.base_url, authentication=BearerKey("wrong"))
    assert (await _check_error(engine)).kind is ErrorKind.UNAUTHENTICATED
    await engine.aclose()


async def test_an_endpoint_without_a_list_of_models_passes_the_check(stub: OpenAIStub) -> None:
    engine = engine_for(stub.base_url)
    stub.hides_models = True
    await engine.check()
    await engine.aclose()


@pytest.mark.parametrize("profile", ["generic", "openai"])
async def test_a_schema_is_met_whether_the_endpoint_knows_schemas_or_not(stub: OpenAIStub, profile: str) -> None:
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
    engine = engine_for(stub.base_url, profile=PROFILES[profile])
    if profile == "generic":
        answer = {"choices": [{"message": {"content": 'Here: {"n": "7",}'}, "finish_reason": "stop"}]}
        stub.script(Reply(body=json.dumps(answer).encode()))
    completion = await generate_structured(engine, request(response_schema=schema))
    assert isinstance(json.loads(completion.text)["n"], int)
    assert stub.last_request is not None
    assert ("response_format" in stub.last_request.json()) is (profile == "openai")
    await engine.aclose()


async def _check_error(engine: OpenAICompatibleEngine) -> TextNLPError:
    with pytest.raises(TextNLPError) as caught:
        await engine.check()
    return caught.value
