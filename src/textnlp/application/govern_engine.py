"""One deployment behind its limits: admission, back-off and the breaker around a text engine."""

from collections.abc import AsyncGenerator

from textnlp.application.admission_gate import AdmissionGate
from textnlp.application.govern_calls import GovernedCalls
from textnlp.domain.admission.limits import AdmissionFigures
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
    """A `TextEngine` that waits for its turn and tries again, as `GovernedCalls` does, so that callers need not.

    An empty answer that claims to be whole counts as `BAD_RESPONSE`.
    """

    def __init__(self, engine: TextEngine, *, gate: AdmissionGate, policy: RetryPolicy, clock: Clock) -> None:
        self._engine = engine
        self._calls = GovernedCalls(gate=gate, policy=policy, clock=clock)
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

    @property
    def max_concurrency(self) -> int:
        """Calls that the deployment takes at once, at most."""
        return self.gate.max_concurrency

    def figures(self) -> AdmissionFigures:
        """Return the running totals of the deployment's gate."""
        return self.gate.figures()

    def under(self, policy: RetryPolicy) -> "GovernedEngine":
        """Return the same deployment, behind the same gate, asked by another policy."""
        return GovernedEngine(self._engine, gate=self.gate, policy=policy, clock=self._clock)

    async def generate(self, request: GenerationRequest) -> Completion:
        """Write the completion, waiting and retrying as the policy allows; `attempts` counts all calls."""

        async def ask() -> Completion:
            completion = await self._engine.generate(request)
            _require_text(completion)
            return completion

        return await self._calls.answer(request, ask)

    async def stream(self, request: GenerationRequest) -> AsyncGenerator[CompletionChunk]:
        """Write the completion in pieces; a failure before the first piece is retried, one after it is not."""
        began_at = self._clock.monotonic()
        failures = calls = 0
        while True:
            slot = await self._calls.turn(request, began_at=began_at)
            has_begun = False
            try:
                async for chunk in self._streamed(slot, request):
                    has_begun = True
                    yield chunk
            except TextNLPError as error:
                if has_begun:
                    raise
                calls += 1
                failures += self._calls.counts_as_failure(error)
                await self._calls.back_off(error, failures=failures, calls=calls, began_at=began_at)
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


def _require_text(completion: Completion) -> None:
    is_empty = not completion.text and not completion.tool_calls
    if is_empty and completion.finish_reason is FinishReason.STOP:
        raise TextNLPError("The model answered with an empty text.", kind=ErrorKind.BAD_RESPONSE)
