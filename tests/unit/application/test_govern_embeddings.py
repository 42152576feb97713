import asyncio
from array import array

import pytest

from tests.doubles.clock import ManualClock
from textnlp.adapters.engines.scripted_embeddings import ScriptedEmbeddings
from textnlp.application.admission_gate import AdmissionGate
from textnlp.application.govern_embeddings import GovernedEmbeddings
from textnlp.domain.admission.limits import DeploymentLimits
from textnlp.domain.admission.retry import NO_RETRIES, RetryPolicy
from textnlp.domain.embedding.model import EmbeddingRequest, Embeddings
from textnlp.domain.errors import ErrorKind, TextNLPError

REQUEST = EmbeddingRequest(model="m", inputs=("a" * 40, "b" * 40))


class Steps(ScriptedEmbeddings):
    """Fails with these kinds first, one a call; None answers with one vector too few."""

    def __init__(self, *steps: ErrorKind | None) -> None:
        super().__init__()
        self.steps = list(steps)

    async def embed(self, request: EmbeddingRequest) -> Embeddings:
        answer = await super().embed(request)
        if not self.steps:
            return answer
        step = self.steps.pop(0)
        if step is None:
            return Embeddings(vectors=(array("f", [1.0]),), model="m")
        raise TextNLPError("It went wrong.", kind=step)


async def embedded(*steps: ErrorKind | None, policy: RetryPolicy | None = None) -> tuple[Embeddings, AdmissionGate]:
    clock = ManualClock()
    gate = AdmissionGate(limits=DeploymentLimits(max_concurrency=4), clock=clock)
    policy = policy or RetryPolicy(max_attempts=3, deadline_seconds=60.0, first_delay_seconds=1.0)
    engine = GovernedEmbeddings(Steps(*steps), gate=gate, policy=NO_RETRIES, clock=clock).under(policy)
    task = asyncio.create_task(engine.embed(REQUEST))
    await clock.advance(200.0)
    return await task, gate


async def test_a_call_that_fails_is_made_again_through_the_gate() -> None:
    answer, gate = await embedded(ErrorKind.UNAVAILABLE, ErrorKind.RATE_LIMITED)
    assert (len(answer.vectors), answer.attempts) == (2, 3)
    figures = gate.figures()
    assert (figures.calls, figures.answered, figures.refused, figures.failed) == (3, 1, 1, 1)


async def test_an_answer_that_lacks_vectors_is_asked_for_again() -> None:
    answer, _ = await embedded(None)
    assert (len(answer.vectors), answer.attempts) == (2, 2)


async def test_the_error_that_stands_counts_its_calls() -> None:
    with pytest.raises(TextNLPError) as caught:
        await embedded(*[ErrorKind.TIMEOUT] * 9)
    assert (caught.value.kind, caught.value.facts.attempts) == (ErrorKind.TIMEOUT, 3)


async def test_tokens_of_a_minute_are_taken_by_the_length_of_the_texts() -> None:
    clock = ManualClock()
    gate = AdmissionGate(limits=DeploymentLimits(tokens_per_minute=6_000), clock=clock)
    slot = gate.try_acquire(REQUEST)
    assert slot is not None
    assert slot.estimated_tokens == 20
