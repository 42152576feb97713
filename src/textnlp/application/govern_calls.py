"""Calls to one deployment: each waits for its turn, and is made again where that may help."""

import dataclasses
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

from textnlp.application.admission_gate import AdmissionGate
from textnlp.domain.admission.retry import RetryPolicy
from textnlp.domain.admission.slots import Slot
from textnlp.domain.embedding.model import Embeddings
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import Completion
from textnlp.domain.usage.estimate import ModelRequest
from textnlp.ports.clock import Clock

Answer = TypeVar("Answer", Completion, Embeddings)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class GovernedCalls:
    """Every call takes a slot of the gate; one that is refused goes back to the gate.

    One that fails in transport is made again after a jittered back-off until the policy's attempts or deadline run
    out. The error that stands then carries the number of attempts.
    """

    gate: AdmissionGate
    policy: RetryPolicy
    clock: Clock

    async def answer(self, request: ModelRequest, ask: Callable[[], Awaitable[Answer]]) -> Answer:
        """Return what `ask` returns, which may be called several times; `attempts` counts all of them."""
        gate = self.gate
        began_at = self.clock.monotonic()
        failures = calls = 0
        while True:
            slot = gate.try_acquire(request) or await self.turn(request, began_at=began_at)
            try:
                answer = await ask()
            except TextNLPError as error:
                gate.release_failed(slot, error)
                calls += 1
                failures += self.counts_as_failure(error)
                await self.back_off(error, failures=failures, calls=calls, began_at=began_at)
            except BaseException:
                gate.release_cancelled(slot)
                raise
            else:
                gate.release_answered(slot, answer.usage)
                if calls:
                    return dataclasses.replace(answer, attempts=answer.attempts + calls)
                return answer

    async def turn(self, request: ModelRequest, *, began_at: float) -> Slot:
        """Wait for a slot for as long as the policy allows."""
        policy = self.policy
        deadline = began_at + policy.seconds_for_a_turn
        return await self.gate.acquire(request, deadline=deadline, patience_seconds=policy.patience_seconds)

    def counts_as_failure(self, error: TextNLPError) -> bool:
        """A refusal is back-pressure, and while the deployment is away the gate decides how long to bear it."""
        return error.kind is not ErrorKind.RATE_LIMITED and not self.gate.is_broken

    async def back_off(self, error: TextNLPError, *, failures: int, calls: int, began_at: float) -> None:
        """Wait before the next attempt, or raise the error with the number of calls it took."""
        wait = self.policy.delay(
            error,
            failures=failures,
            calls=calls,
            elapsed_seconds=self.clock.monotonic() - began_at,
            jitter=random.random(),  # noqa: S311  spreads retries, guards nothing
        )
        if wait is None:
            facts = dataclasses.replace(error.facts, attempts=calls)
            raise TextNLPError(error.message, kind=error.kind, facts=facts) from error
        await self.clock.sleep(wait)
