"""A model that writes text."""

from collections.abc import AsyncGenerator
from typing import Protocol

from textnlp.domain.generation.model import Completion, CompletionChunk, EngineCapabilities, GenerationRequest


class TextEngine(Protocol):
    """Writes one completion for one request, and never blocks the event loop while it does.

    An engine makes one attempt a call: it neither retries nor waits for capacity, so that limits and retries are
    decided in one place. Whatever goes wrong is raised as `TextNLPError` whose kind says what:
    `RATE_LIMITED` (with `retry_after_seconds` where the far side said), `TIMEOUT` (the request's own
    `timeout_seconds` ran out), `UNAVAILABLE` (5xx, connection refused or cut), `BAD_RESPONSE` (an answer that is
    none), `UNAUTHENTICATED`, `FORBIDDEN`, `NOT_FOUND` (no such model), `INVALID_INPUT`, `CONTEXT_EXCEEDED`,
    `CONTENT_FILTERED`. A request for what `capabilities` does not hold, other than a schema, is refused with
    `INVALID_INPUT` and its field before anything is asked. Cancelling the call frees what it held.
    """

    @property
    def name(self) -> str:
        """The deployment this engine calls, for limits, logs and manifests; holds no secret."""
        ...

    @property
    def capabilities(self) -> EngineCapabilities:
        """What the engine can do."""
        ...

    async def generate(self, request: GenerationRequest) -> Completion:
        """Write the whole completion.

        A response schema is enforced only where `capabilities.constrains_to_schema` holds, and even then the
        caller looks at `finish_reason` and validates: an answer cut at the token limit is returned, not raised.
        """
        ...

    def stream(self, request: GenerationRequest) -> AsyncGenerator[CompletionChunk]:
        """Write the completion in pieces; the last piece carries the finish reason."""
        ...

    async def check(self) -> None:
        """Return when the engine could take a request; else raise the error that a request would meet."""
        ...

    async def aclose(self) -> None:
        """Free connections, threads and memory; closing twice is harmless."""
        ...
