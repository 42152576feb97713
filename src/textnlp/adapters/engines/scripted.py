"""A text engine that knows its answers beforehand: for tests, and for dry runs that must cost nothing."""

from collections import deque
from collections.abc import AsyncGenerator, Iterable
from hashlib import blake2b

import msgspec

from textnlp.domain.errors import ErrorKind, TextNLPError, invalid_input
from textnlp.domain.generation.json_schema import as_plain
from textnlp.domain.generation.model import (
    Completion,
    CompletionChunk,
    EngineCapabilities,
    FinishReason,
    GenerationRequest,
    Usage,
    as_deltas,
)
from textnlp.domain.generation.rules import require_capable
from textnlp.domain.generation.sample import sample_value
from textnlp.ports.clock import Clock

ScriptEntry = str | Completion | TextNLPError
"""A whole answer's text, a completion, or the error to raise."""

DEFAULT_CAPABILITIES = EngineCapabilities(constrains_to_schema=True, is_deterministic=True)

_CHARACTERS_PER_TOKEN = 4
_QUOTED_CHARACTERS = 60
_ENDINGS = (
    "It is short, plain and to the point.",
    "It names one thing and says why it matters.",
    "It ends where a careful reader would end it.",
    "It keeps to what was asked and adds one example.",
    "It weighs both sides and then takes one.",
)


class ScriptedEngine:
    """Answers at once and without a model; the same request gets the same answer, in every process.

    Entries of `script` are used up first, one a call, in the order of the calls. After that the answer is a readable
    sentence made from a digest of model, conversation, parameters and schema, or a sample of the response schema where
    the engine is said to constrain to it. `max_tokens` and `stop` are kept to; a token is four characters.

    Args:
        clock: waits for `latency_seconds`.
        name: the deployment.
        script: what to answer first.
        latency_seconds: time from call to answer; beyond the request's own timeout it raises `TIMEOUT`.
        capabilities: what the engine says it can do.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        name: str = "scripted",
        script: Iterable[ScriptEntry] = (),
        latency_seconds: float = 0.0,
        capabilities: EngineCapabilities = DEFAULT_CAPABILITIES,
    ) -> None:
        self._clock = clock
        self._name = name
        self._script = deque(script)
        self._latency_seconds = latency_seconds
        self._capabilities = capabilities
        self._is_closed = False
        self.calls = 0
        self.last_request: GenerationRequest | None = None

    @property
    def name(self) -> str:
        """The deployment's name."""
        return self._name

    @property
    def capabilities(self) -> EngineCapabilities:
        """What the engine was told to say of itself."""
        return self._capabilities

    async def generate(self, request: GenerationRequest) -> Completion:
        """Return the next entry of the script, or an answer derived from the request."""
        await self.check()
        require_capable(request, self._capabilities)
        self.calls += 1
        self.last_request = request
        entry = self._script.popleft() if self._script else None
        await self._wait(request.timeout_seconds)
        if isinstance(entry, TextNLPError):
            raise entry
        if isinstance(entry, Completion):
            return entry
        return self._completion(request, self._derived(request) if entry is None else entry)

    async def stream(self, request: GenerationRequest) -> AsyncGenerator[CompletionChunk]:
        """Hand out the same answer word by word, and what it calls at once."""
        whole = await self.generate(request)
        begin, *others = whole.text.split(" ")
        for word in [begin, *(" " + word for word in others)]:
            if word:
                yield CompletionChunk(text=word, model=whole.model)
                await self._clock.sleep(0)
        if whole.tool_calls:
            yield CompletionChunk(model=whole.model, tool_calls=as_deltas(whole.tool_calls))
        yield CompletionChunk(model=whole.model, finish_reason=whole.finish_reason, usage=whole.usage)

    async def check(self) -> None:
        """Raise `UNAVAILABLE` after `aclose`."""
        if self._is_closed:
            raise TextNLPError("The engine is closed.", kind=ErrorKind.UNAVAILABLE)

    async def aclose(self) -> None:
        """Answer no further request."""
        self._is_closed = True

    async def _wait(self, timeout_seconds: float) -> None:
        if self._latency_seconds > timeout_seconds:
            await self._clock.sleep(timeout_seconds)
            raise TextNLPError(f"{self._name} did not answer within {timeout_seconds:g} s.", kind=ErrorKind.TIMEOUT)
        if self._latency_seconds > 0:
            await self._clock.sleep(self._latency_seconds)

    def _derived(self, request: GenerationRequest) -> str:
        asked = (request.model, request.messages, request.parameters, request.response_schema)
        try:
            encoded = msgspec.json.encode(asked, order="deterministic", enc_hook=as_plain)
        except UnicodeEncodeError as exc:
            raise invalid_input("The prompt holds half of a surrogate pair, which is no valid Unicode.") from exc
        digest = blake2b(encoded, digest_size=8).hexdigest()
        if request.response_schema is not None and self._capabilities.constrains_to_schema:
            return msgspec.json.encode(sample_value(request.response_schema, seed=digest)).decode()
        prompt = " ".join(request.messages[-1].content.split()) if request.messages else ""
        quoted = prompt if len(prompt) <= _QUOTED_CHARACTERS else prompt[:_QUOTED_CHARACTERS].rstrip() + "…"
        ending = _ENDINGS[int(digest, 16) % len(_ENDINGS)]
        return f"Answer {digest} to “{quoted}”. {ending}"

    def _completion(self, request: GenerationRequest, text: str) -> Completion:
        limit = request.parameters.max_tokens
        reason = FinishReason.STOP
        for stop in request.parameters.stop:
            text = text.partition(stop)[0] if stop else text
        if limit is not None and _tokens(text) > limit:
            text, reason = text[: limit * _CHARACTERS_PER_TOKEN], FinishReason.LENGTH
        usage = Usage(
            prompt_tokens=sum(_tokens(message.content) for message in request.messages),
            completion_tokens=_tokens(text),
        )
        return Completion(text=text, model=request.model, finish_reason=reason, usage=usage)


def _tokens(text: str) -> int:
    return -(-len(text) // _CHARACTERS_PER_TOKEN)
