"""A stub of an OpenAI-compatible server: fast, faulty on demand, and counting what it was asked.

In a test's own process:

    async with OpenAIStub(StubOptions(latency_seconds=0.05)) as stub:
        ...  # stub.base_url, stub.stats, stub.script(Reply(...))

or as a process of its own, whose first line of output is its port:

    python -m tests.doubles.openai_server --port 0 --latency 0.05 --fault-429 0.05 --seed 7

It answers `POST …/chat/completions` (also as a stream), `POST …/embeddings`, `GET /v1/models`, `GET /health`,
`GET /metrics` (as vLLM, see `begins`), `GET /stats` (JSON, see `Stats`; `?brief=1` leaves the prompts out) and
`POST /reset` (all counters to zero). The answer to a prompt is `echo: <prompt>`, cut at `max_tokens` of four characters
each, or a sample of the JSON Schema when the request has one.

Whether a call fails is drawn from (seed, prompt, how often that prompt came), so it depends neither on the order of
calls nor on their timing, and the same prompt asked again draws again.
"""

import argparse
import asyncio
import contextlib
import math
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from types import TracebackType
from typing import Any, Self, cast

import msgspec
import uvloop

from tests.doubles.openai_answers import (
    ChatRequest,
    EmbeddingsRequest,
    completion_body,
    decode_embeddings_request,
    decode_request,
    embeddings_body,
    error_body,
    head,
    prompt_of,
    stream_pieces,
)
from tests.doubles.vllm_metrics import vllm_metrics

_Asked = ChatRequest | EmbeddingsRequest
_HEADER_END = b"\r\n\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class StubOptions:
    """How the stub behaves; shares are of calls, 0 to 1.

    Attributes:
        latency_seconds: time from the request to the first byte of the answer.
        chunk_delay_seconds: time between the pieces of a stream.
        fault_429: share of calls refused with 429 and Retry-After.
        fault_500: share of calls answered 500.
        fault_reset: share of calls whose connection is cut instead of an answer.
        fault_hang: share of calls never answered.
        retry_after_seconds: what a 429 asks for, in `retry-after` (whole seconds) and `retry-after-ms`; None: neither.
        capacity: calls in flight beyond this are refused with 429.
        begins: calls in flight beyond this wait, as the page of metrics tells; None where there is no such page.
        api_key: the key that every call must bring, as bearer token or `api-key` header; None asks for none.
        models: the models there are; empty for any.
        seed: decides which calls fail.
        max_faults_per_prompt: a prompt fails this often at most.
    """

    latency_seconds: float = 0.0
    chunk_delay_seconds: float = 0.0
    fault_429: float = 0.0
    fault_500: float = 0.0
    fault_reset: float = 0.0
    fault_hang: float = 0.0
    retry_after_seconds: float | None = 0.1
    capacity: int | None = None
    begins: int | None = None
    api_key: str | None = None
    models: tuple[str, ...] = ()
    seed: int = 0
    max_faults_per_prompt: int = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer given instead of the usual one; `raw` replaces head and body, `is_cut` ends the connection after it."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes = b"{}"
    raw: bytes | None = None
    is_cut: bool = False


@dataclass(slots=True, kw_only=True)
class Stats:
    """What the stub was asked.

    Attributes:
        calls: calls for completions and embeddings that arrived whole.
        answered: those answered 200 in full.
        outcomes: calls by outcome: `200`, `429`, `500`, …, `reset`, `hang`, `cancelled` (the client left first).
        in_flight: calls that arrived and are neither answered nor left.
        max_in_flight: the most of them at one time.
        connections: connections accepted.
        calls_by_prompt: calls by the text of the last message.
        answered_by_prompt: calls answered 200 in full, by the text of the last message.
    """

    calls: int = 0
    answered: int = 0
    in_flight: int = 0
    max_in_flight: int = 0
    connections: int = 0
    outcomes: dict[str, int] = field(default_factory=dict[str, int])
    calls_by_prompt: dict[str, int] = field(default_factory=dict[str, int])
    answered_by_prompt: dict[str, int] = field(default_factory=dict[str, int])

    def count(self, outcome: str) -> None:
        """Count a call that has ended."""
        self.in_flight -= 1
        self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1

    def count_answer(self, prompt: str) -> None:
        """Count a call that was answered in full."""
        self.count("200")
        self.answered += 1
        self.answered_by_prompt[prompt] = self.answered_by_prompt.get(prompt, 0) + 1


@dataclass(frozen=True, slots=True)
class SeenRequest:
    """A completion call as it came in: path, lower-case header names, body."""

    path: str
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """Return the decoded body."""
        return msgspec.json.decode(self.body)


class _Connection(asyncio.Protocol):
    """One keep-alive connection; a client that pipelines is not expected."""

    def __init__(self, stub: "OpenAIStub") -> None:
        self._stub = stub
        self._buffer = b""
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._is_busy = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._stub.stats.connections += 1
        self._stub.connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        del exc  # whether the client left or failed makes no difference to the counts
        self._transport = None
        self._stub.connections.discard(self)
        if self._timer is not None:
            self._timer.cancel()
        if self._is_busy:
            self._is_busy = False
            self._stub.stats.count("cancelled")

    def data_received(self, data: bytes) -> None:
        self._buffer = self._buffer + data if self._buffer else data
        while (end := self._buffer.find(_HEADER_END)) >= 0:
            length = _content_length(self._buffer[:end].lower())
            body_end = end + 4 + length
            if len(self._buffer) < body_end:
                return
            request_head, body = self._buffer[:end], self._buffer[end + 4 : body_end]
            self._buffer = self._buffer[body_end:]
            self._answer(request_head, body)

    def _answer(self, request_head: bytes, body: bytes) -> None:
        method, target, _ = request_head.partition(b"\r\n")[0].split(b" ", 2)
        if method == b"POST" and target.partition(b"?")[0].endswith((b"/chat/completions", b"/embeddings")):
            self._complete(SeenRequest(target.decode(), _headers(request_head), body))
        elif target == b"/metrics" and self._stub.options.begins is not None:
            self._stub.metrics_reads += 1
            self.send(vllm_metrics(self._stub.stats.in_flight, begins=self._stub.options.begins))
        else:
            self.send(self._stub.answer_other(method.decode(), target.decode(), _headers(request_head)))

    def _complete(self, seen: SeenRequest) -> None:
        stub = self._stub
        stub.last_request = seen
        try:
            decode = decode_embeddings_request if seen.path.endswith("/embeddings") else decode_request
            request = decode(seen.body)
        except msgspec.MsgspecError as exc:
            self.send(error_body(400, f"Invalid request: {exc}", code="invalid_request"))
            return
        prompt = prompt_of(request)
        outcome = stub.admit(prompt)
        self._is_busy = True
        if outcome == "hang":
            return
        refusal = stub.refuse(seen, request) if outcome == "200" else None
        delay = stub.options.latency_seconds
        if delay > 0:
            self._timer = asyncio.get_running_loop().call_later(delay, self._finish, outcome, request, prompt, refusal)
        else:
            self._finish(outcome, request, prompt, refusal)

    def _finish(self, outcome: str, request: _Asked, prompt: str, refusal: tuple[str, bytes] | None) -> None:
        stub = self._stub
        if stub.replies and outcome == "200":
            self._send_reply(stub.replies.popleft())
        elif refusal is not None:
            self._end(refusal[0])
            self.send(refusal[1])
        elif outcome == "200" and isinstance(request, ChatRequest) and request.stream:
            self._send_stream(stream_pieces(request, prompt), 0, prompt)
        elif outcome == "200":
            self._is_busy = False
            stub.stats.count_answer(prompt)
            is_chat = isinstance(request, ChatRequest)
            self.send(completion_body(request, prompt) if is_chat else embeddings_body(request))
        elif outcome == "reset":
            self._end(outcome)
            self.abort()
        else:
            self._end(outcome)
            self.send(stub.fault_body(outcome))

    def _send_reply(self, reply: Reply) -> None:
        self._end(str(reply.status))
        self.send(
            reply.raw if reply.raw is not None else head(reply.status, len(reply.body), reply.headers) + reply.body
        )
        if reply.is_cut and self._transport is not None:
            self._transport.close()

    def _send_stream(self, pieces: list[bytes], index: int, prompt: str) -> None:
        delay = self._stub.options.chunk_delay_seconds
        if delay <= 0:
            self.send(b"".join(pieces))
        else:
            self.send(pieces[index])
            if index + 1 < len(pieces):
                self._timer = asyncio.get_running_loop().call_later(delay, self._send_stream, pieces, index + 1, prompt)
                return
        self._is_busy = False
        self._stub.stats.count_answer(prompt)

    def _end(self, outcome: str) -> None:
        self._is_busy = False
        self._stub.stats.count(outcome)

    def send(self, data: bytes) -> None:
        """Write to the client, if it is there."""
        if self._transport is not None:
            self._transport.write(data)

    def abort(self) -> None:
        """Cut the connection without a word."""
        if self._transport is not None:
            self._transport.abort()


class OpenAIStub:
    """The server; `base_url` ends in `/v1`."""

    def __init__(self, options: StubOptions | None = None) -> None:
        self.options = options or StubOptions()
        self.stats = Stats()
        self.replies: deque[Reply] = deque()
        self.last_request: SeenRequest | None = None
        self.connections: set[_Connection] = set()
        self._server: asyncio.Server | None = None
        self.hides_models = False
        self.metrics_reads = 0

    async def start(self, *, port: int = 0, host: str = "127.0.0.1") -> None:
        """Listen on `host`."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Connection(self), host, port, backlog=1024)

    async def stop(self) -> None:
        """Stop listening and cut all connections."""
        if self._server is not None:
            self._server.close()
            for connection in list(self.connections):
                connection.abort()
            await self._server.wait_closed()
            self._server = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    @property
    def port(self) -> int:
        """The port listened on."""
        assert self._server is not None, "the stub is not started"
        return int(self._server.sockets[0].getsockname()[1])

    @property
    def base_url(self) -> str:
        """What an OpenAI client takes as its base URL."""
        return f"http://127.0.0.1:{self.port}/v1"

    def script(self, *replies: Reply) -> None:
        """Give these answers to the next calls, before the usual ones."""
        self.replies.extend(replies)

    def admit(self, prompt: str) -> str:
        """Count a call and draw what becomes of it."""
        stats = self.stats
        times = stats.calls_by_prompt.get(prompt, 0)
        stats.calls_by_prompt[prompt] = times + 1
        stats.calls += 1
        stats.in_flight += 1
        stats.max_in_flight = max(stats.max_in_flight, stats.in_flight)
        if self.options.capacity is not None and stats.in_flight > self.options.capacity:
            return "429"
        fault_ends = _cumulated(self.options)
        if fault_ends and times < self.options.max_faults_per_prompt:
            draw = _draw(self.options.seed, prompt, times)
            for outcome, end in fault_ends:
                if draw < end:
                    return outcome
        return "200"

    def refuse(self, seen: SeenRequest, request: _Asked) -> tuple[str, bytes] | None:
        """Answer a call that has the wrong key or names a model that is not there."""
        options = self.options
        if not self._knows(seen.headers):
            return "401", error_body(401, "Incorrect API key provided.", code="invalid_api_key")
        if options.models and request.model not in options.models:
            message = f"The model `{request.model}` does not exist."
            return "404", error_body(404, message, code="model_not_found")
        return None

    def fault_body(self, outcome: str) -> bytes:
        """Build the answer of a call that fails with a status."""
        if outcome != "429":
            return error_body(500, "The server had an error.", code="server_error")
        wait = self.options.retry_after_seconds
        asked = {} if wait is None else {"retry-after": str(math.ceil(wait)), "retry-after-ms": str(round(wait * 1000))}
        return error_body(429, "Rate limit reached.", code="rate_limit_exceeded", headers=asked)

    def _knows(self, headers: Mapping[str, str]) -> bool:
        key = headers.get("api-key") or headers.get("authorization", "").removeprefix("Bearer ")
        return self.options.api_key is None or key == self.options.api_key

    def answer_other(self, method: str, target: str, headers: Mapping[str, str]) -> bytes:
        """Answer everything that is not a completion."""
        path, _, query = target.partition("?")
        if method == "GET" and path == "/stats":
            shown = msgspec.to_builtins(self.stats)
            if "brief=1" in query:
                del shown["calls_by_prompt"], shown["answered_by_prompt"]
            return _json_answer(shown)
        if method == "POST" and path == "/reset":
            self.stats = Stats(in_flight=self.stats.in_flight)
            return _json_answer({"reset": True})
        if method == "GET" and path.endswith("/models") and not self.hides_models:
            if not self._knows(headers):
                return error_body(401, "Incorrect API key provided.", code="invalid_api_key")
            models = self.options.models or ("stub-model",)
            return _json_answer({"object": "list", "data": [{"id": name, "object": "model"} for name in models]})
        if method == "GET" and path == "/health":
            return _json_answer({"status": "ok"})
        return error_body(404, f"Unknown request URL: {method} {path}.", code="unknown_url")


def _json_answer(value: object) -> bytes:
    body = msgspec.json.encode(value)
    return head(200, len(body)) + body


def _content_length(lowered_head: bytes) -> int:
    at = lowered_head.find(b"\r\ncontent-length:")
    if at < 0:
        return 0
    end = lowered_head.find(b"\r\n", at + 2)
    return int(lowered_head[at + 17 : end if end >= 0 else len(lowered_head)])


def _headers(request_head: bytes) -> dict[str, str]:
    lines = request_head.decode("latin-1").split("\r\n")[1:]
    pairs = (line.partition(":") for line in lines)
    return {name.lower(): value.strip() for name, _, value in pairs}


@lru_cache(maxsize=8)
def _cumulated(options: StubOptions) -> list[tuple[str, float]]:
    ends: list[tuple[str, float]] = []
    total = 0.0
    for outcome, share in (
        ("429", options.fault_429),
        ("500", options.fault_500),
        ("reset", options.fault_reset),
        ("hang", options.fault_hang),
    ):
        total += share
        if share > 0:
            ends.append((outcome, total))
    return ends


def _draw(seed: int, prompt: str, times: int) -> float:
    digest = blake2b(f"{seed}:{times}:{prompt}".encode(), digest_size=7).digest()
    return int.from_bytes(digest, "big") / (1 << 56)


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="A stub of an OpenAI-compatible server.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds to the first byte of an answer")
    parser.add_argument("--chunk-delay", type=float, default=0.0, help="seconds between the pieces of a stream")
    parser.add_argument("--fault-429", type=float, default=0.0, help="share of calls, 0 to 1")
    parser.add_argument("--fault-500", type=float, default=0.0, help="share of calls, 0 to 1")
    parser.add_argument("--fault-reset", type=float, default=0.0, help="share of calls, 0 to 1")
    parser.add_argument("--fault-hang", type=float, default=0.0, help="share of calls, 0 to 1")
    parser.add_argument("--retry-after", type=float, default=0.1, help="seconds that a 429 asks to wait")
    parser.add_argument("--capacity", type=int, default=None, help="calls in flight beyond this are refused")
    parser.add_argument("--api-key", default=None)
    parser.add_argument("--seed", type=int, default=0)
    return parser


async def _serve(arguments: argparse.Namespace) -> None:
    options = StubOptions(
        latency_seconds=arguments.latency,
        chunk_delay_seconds=arguments.chunk_delay,
        fault_429=arguments.fault_429,
        fault_500=arguments.fault_500,
        fault_reset=arguments.fault_reset,
        fault_hang=arguments.fault_hang,
        retry_after_seconds=arguments.retry_after,
        capacity=arguments.capacity,
        api_key=arguments.api_key,
        seed=arguments.seed,
    )
    stub = OpenAIStub(options)
    await stub.start(port=arguments.port, host=arguments.host)
    print(stub.port, flush=True)  # noqa: T201  # the caller reads the port here
    await asyncio.Event().wait()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        uvloop.run(_serve(_options().parse_args()))
