"""One deployment behind its limits: admission, back-off and the breaker around a text engine."""

import dataclasses
import random
from collections.abc import AsyncGenerator

from textnlp.application.admission_gate import AdmissionGate
from textnlp.domain.admission.retry import RetryPolicy
from textnlp.domain.admission.slots import Slot
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import (
    Completion,
    CompletionChunk,
    EngineCapabilities,
    FinishReason,
    GenerationRequest,
)
from textnlp.ports.clock import Clock
from textnlp.ports.text_engine import TextEngine


class GovernedEngine:
    """A `TextEngine` that waits for its turn and tries again, so that its callers need not.

    Every call takes a slot of the gate; one that is refused goes back to the gate, one that fails in transport is made
    again after a jittered back-off until the policy's attempts or deadline run out. The error that stands then
    carries the number of attempts. An empty answer that claims to be whole counts as `BAD_RESPONSE`.
    """

    def __init__(self, engine: TextEngine, *, gate: AdmissionGate, policy: RetryPolicy, clock: Clock) -> None:
        self._engine = engine
        self._policy = policy
        self._clock = clock
        self.gate = gate

    @property
    def name(self) -> str:
        """The deployment's name."""
        return self._engine.name

    @property
    def capabilities(self) -> EngineCapabilities:
        """What the engine behind can do."""
        return self._engine.capabilities

    async def generate(self, request: GenerationRequest) -> Completion:
        """Write the completion, waiting and retrying as the policy allows; `attempts` counts all calls."""
        gate = self.gate
        began_at = self._clock.monotonic()
        failures = calls = 0
        while True:
            slot = gate.try_acquire(request)
            if slot is None:
                slot = await gate.acquire(request, deadline=began_at + self._policy.deadline_seconds)
            try:
                completion = await self._engine.generate(request)
                _require_text(completion)
            except TextNLPError as error:
                gate.release_failed(slot, error)
                calls += 1
                failures += self._counts_as_failure(error)
                await self._back_off(error, failures=failures, calls=calls, began_at=began_at)
            except BaseException:
                gate.release_cancelled(slot)
                raise
            else:
                gate.release_answered(slot, completion.usage)
                if calls:
                    return dataclasses.replace(completion, attempts=completion.attempts + calls)
                return completion

    async def stream(self, request: GenerationRequest) -> AsyncGenerator[CompletionChunk]:
        """Write the completion in pieces; a failure before the first piece is retried, one after it is not."""
        began_at = self._clock.monotonic()
        failures = calls = 0
        while True:
            slot = await self.gate.acquire(request, deadline=began_at + self._policy.deadline_seconds)
            has_begun = False
            try:
                async for chunk in self._streamed(slot, request):
                    has_begun = True
                    yield chunk
            except TextNLPError as error:
                if has_begun:
                    raise
                calls += 1
                failures += self._counts_as_failure(error)
                await self._back_off(error, failures=failures, calls=calls, began_at=began_at)
            else:
                return

    async def check(self) -> None:
        """Raise what a request would meet at the engine behind."""
        await self._engine.check()

    async def aclose(self) -> None:
        """Close the gate and the engine behind."""
        self.gate.close()
        await self._engine.aclose()

    async def _streamed(self, slot: Slot, request: GenerationRequest) -> AsyncGenerator[CompletionChunk]:
        usage = None
        try:
            async for chunk in self._engine.stream(request):
                usage = chunk.usage or usage
                yield chunk
        except TextNLPError as error:
            self.gate.release_failed(slot, error)
            raise
        except BaseException:
            self.gate.release_cancelled(slot)
            raise
        self.gate.release_answered(slot, usage)

    def _counts_as_failure(self, error: TextNLPError) -> bool:
        """A refusal is back-pressure, and while the deployment is away the gate decides how long to bear it."""
        return error.kind is not ErrorKind.RATE_LIMITED and not self.gate.is_broken

    async def _back_off(self, error: TextNLPError, *, failures: int, calls: int, began_at: float) -> None:
        """Wait before the next attempt, or raise the error with the number of calls it took."""
        wait = self._policy.delay(
            error,
            failures=failures,
            calls=calls,
            elapsed_seconds=self._clock.monotonic() - began_at,
            jitter=random.random(),  # noqa: S311  spreads retries, guards nothing
        )
        if wait is None:
            facts = dataclasses.replace(error.facts, attempts=calls)
            raise TextNLPError(error.message, kind=error.kind, facts=facts) from error
        await self._clock.sleep(wait)


def _require_text(completion: Completion) -> None:
    is_empty = not completion.text and not completion.tool_calls
    if is_empty and completion.finish_reason is FinishReason.STOP:
        raise TextNLPError("The model answered with an empty text.", kind=ErrorKind.BAD_RESPONSE)
