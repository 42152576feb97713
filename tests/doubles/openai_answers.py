"""The bytes that `openai_server` answers."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import msgspec

from textnlp.domain.generation.sample import sample_value

_ASKED_FOR_JSON = "that satisfies the JSON Schema below"
_CHARACTERS_PER_TOKEN = 4
_PIECE_CHARACTERS = 8
_EVENT_STREAM_HEAD = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"
    b"cache-control: no-cache\r\ntransfer-encoding: chunked\r\n\r\n"
)


class ChatMessage(msgspec.Struct):
    """One turn."""

    role: str
    content: str | list[dict[str, str]] | None = None

    @property
    def said(self) -> str:
        """The text, of all parts where it comes in parts."""
        if isinstance(self.content, list):
            return "".join(part.get("text", "") for part in self.content)
        return self.content or ""


class StreamOptions(msgspec.Struct):
    """What a stream adds."""

    include_usage: bool = False


class ChatRequest(msgspec.Struct):
    """The fields of a completion request that the stub looks at."""

    model: str
    messages: list[ChatMessage]
    stream: bool = False
    stream_options: StreamOptions | None = None
    max_tokens: int | None = None
    max_completion_tokens: int | None = None
    stop: list[str] | str | None = None
    response_format: dict[str, Any] | None = None


class EmbeddingsRequest(msgspec.Struct):
    """The fields of a request for embeddings that the stub looks at."""

    model: str
    input: list[str | list[int]]
    dimensions: int | None = None
    encoding_format: str = "float"
    stream: bool = False


class Choice(msgspec.Struct):
    """What the stub says: the text and why it ends."""

    text: str
    finish_reason: str


_request_decoder = msgspec.json.Decoder(ChatRequest)
_embeddings_decoder = msgspec.json.Decoder(EmbeddingsRequest)
_encoder = msgspec.json.Encoder()


def decode_request(body: bytes) -> ChatRequest:
    """Read a completion request; raise `msgspec.MsgspecError` for one that is none."""
    return _request_decoder.decode(body)


def decode_embeddings_request(body: bytes) -> EmbeddingsRequest:
    """Read a request for embeddings; raise `msgspec.MsgspecError` for one that is none."""
    return _embeddings_decoder.decode(body)


def embeddings_body(request: EmbeddingsRequest) -> bytes:
    """Build head and body of vectors, the last one first: each counts the letters of its text, or holds its tokens."""
    length = request.dimensions or 26
    data = [
        {"object": "embedding", "index": index, "embedding": _vector(given, length)}
        for index, given in enumerate(request.input)
    ]
    tokens = sum(len(given) if isinstance(given, list) else _tokens(given) for given in request.input)
    body = _encoder.encode(
        {
            "object": "list",
            "data": data[::-1],
            "model": request.model,
            "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
        }
    )
    return head(200, len(body)) + body


def _vector(given: str | list[int], length: int) -> list[float]:
    if isinstance(given, list):
        return [float(token) for token in given[:length]] + [0.0] * (length - len(given))
    return [float(given.lower().count(chr(ord("a") + place))) for place in range(length)]


def prompt_of(request: ChatRequest | EmbeddingsRequest) -> str:
    """Return the text of the last message, or the first input."""
    if isinstance(request, EmbeddingsRequest):
        return str(request.input[0])
    return request.messages[-1].said if request.messages else ""


def _told_schema(request: ChatRequest) -> dict[str, Any] | None:
    """Return the JSON Schema that the system prompt asks for in words, as a model would read it there."""
    told = request.messages[0].said if request.messages else ""
    _, asked, text = told.partition(_ASKED_FOR_JSON)
    return msgspec.json.decode(text.partition("\n")[2]) if asked else None


def choose(request: ChatRequest, prompt: str) -> Choice:
    """Write the answer to `prompt`."""
    schema = (request.response_format or {}).get("json_schema", {}).get("schema") or _told_schema(request)
    text = "echo: " + prompt if schema is None else _encoder.encode(sample_value(schema, seed=prompt)).decode()
    reason = "stop"
    stops = [request.stop] if isinstance(request.stop, str) else request.stop or []
    for stop in stops:
        text = text.partition(stop)[0]
    limit = request.max_completion_tokens or request.max_tokens
    if limit is not None and len(text) > limit * _CHARACTERS_PER_TOKEN:
        text, reason = text[: limit * _CHARACTERS_PER_TOKEN], "length"
    return Choice(text, reason)


def completion_body(request: ChatRequest, prompt: str) -> bytes:
    """Build head and body of a whole completion."""
    choice = choose(request, prompt)
    body = _encoder.encode(
        {
            "id": "chatcmpl-stub",
            "object": "chat.completion",
            "created": 0,
            "model": request.model,
            "choices": [
                {
                    "index": 0,
                    "message": {"role": "assistant", "content": choice.text},
                    "finish_reason": choice.finish_reason,
                    "logprobs": None,
                }
            ],
            "usage": _usage(request, choice),
        }
    )
    return b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body)


def stream_pieces(request: ChatRequest, prompt: str) -> list[bytes]:
    """Build a streamed completion: the head, then one piece an event, each an HTTP chunk."""
    choice = choose(request, prompt)
    texts = [choice.text[at : at + _PIECE_CHARACTERS] for at in range(0, len(choice.text), _PIECE_CHARACTERS)]
    deltas: list[tuple[dict[str, str], str | None]] = [({"role": "assistant", "content": ""}, None)]
    deltas += [({"content": text}, None) for text in texts]
    deltas.append(({}, choice.finish_reason))
    events = [
        _event(request, [{"index": 0, "delta": delta, "finish_reason": reason}], usage=None) for delta, reason in deltas
    ]
    if request.stream_options is not None and request.stream_options.include_usage:
        events.append(_event(request, [], usage=_usage(request, choice)))
    events.append(b"data: [DONE]\n\n")
    return [_EVENT_STREAM_HEAD, *(b"%x\r\n%b\r\n" % (len(event), event) for event in events), b"0\r\n\r\n"]


def error_body(status: int, message: str, *, code: str, headers: Mapping[str, str] | None = None) -> bytes:
    """Build head and body of an error in OpenAI's shape."""
    body = _encoder.encode({"error": {"message": message, "type": code, "param": None, "code": code}})
    return head(status, len(body), headers) + body


def head(status: int, length: int, headers: Mapping[str, str] | None = None) -> bytes:
    """Build the head of an answer with a JSON body, unless `headers` name another type."""
    shown = {"content-type": "application/json", "content-length": str(length), **(headers or {})}
    lines = "".join(f"{name}: {value}\r\n" for name, value in shown.items())
    phrase = HTTPStatus(status).phrase
    return f"HTTP/1.1 {status} {phrase}\r\n{lines}\r\n".encode("latin-1")


def _event(request: ChatRequest, choices: list[dict[str, Any]], *, usage: dict[str, Any] | None) -> bytes:
    data: dict[str, Any] = {
        "id": "chatcmpl-stub",
        "object": "chat.completion.chunk",
        "created": 0,
        "model": request.model,
        "choices": choices,
    }
    if usage is not None:
        data["usage"] = usage
    return b"data: %b\n\n" % _encoder.encode(data)


def _usage(request: ChatRequest, choice: Choice) -> dict[str, Any]:
    prompt_tokens = sum(_tokens(message.said) for message in request.messages)
    completion_tokens = _tokens(choice.text)
    return {
        "prompt_tokens": prompt_tokens,
        "completion_tokens": completion_tokens,
        "total_tokens": prompt_tokens + completion_tokens,
        "prompt_tokens_details": {"cached_tokens": 0},
    }


def _tokens(text: str) -> int:
    return max(1, -(-len(text) // _CHARACTERS_PER_TOKEN))
