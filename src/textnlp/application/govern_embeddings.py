"""One deployment behind its limits: admission, back-off and the breaker around an embedding engine."""

from textnlp.application.admission_gate import AdmissionGate
from textnlp.application.govern_calls import GovernedCalls
from textnlp.domain.admission.limits import AdmissionFigures
from textnlp.domain.admission.retry import RetryPolicy
from textnlp.domain.embedding.model import EmbeddingRequest, Embeddings
from textnlp.domain.embedding.rules import require_vectors
from textnlp.ports.clock import Clock
from textnlp.ports.embedding_engine import EmbeddingEngine


class GovernedEmbeddings:
    """An `EmbeddingEngine` that waits for its turn and tries again, as `GovernedCalls` does.

    An answer that lacks vectors, or has ones of the wrong length, counts as `BAD_RESPONSE`.
    """

    def __init__(self, engine: EmbeddingEngine, *, gate: AdmissionGate, policy: RetryPolicy, clock: Clock) -> None:
        self._engine = engine
        self._calls = GovernedCalls(gate=gate, policy=policy, clock=clock)
        self._clock = clock
        self.gate = gate

    @property
    def name(self) -> str:
        """The deployment's name."""
        return self._engine.name

    @property
    def most_inputs(self) -> int:
        """How many inputs one call may hold."""
        return self._engine.most_inputs

    @property
    def max_concurrency(self) -> int:
        """Calls that the deployment takes at once, at most."""
        return self.gate.max_concurrency

    def figures(self) -> AdmissionFigures:
        """Return the running totals of the deployment's gate."""
        return self.gate.figures()

    def under(self, policy: RetryPolicy) -> "GovernedEmbeddings":
        """Return the same deployment, behind the same gate, asked by another policy."""
        return GovernedEmbeddings(self._engine, gate=self.gate, policy=policy, clock=self._clock)

    async def embed(self, request: EmbeddingRequest) -> Embeddings:
        """Return the vectors, waiting and retrying as the policy allows; `attempts` counts all calls."""

        async def ask() -> Embeddings:
            answer = await self._engine.embed(request)
            require_vectors(answer, request)
            return answer

        return await self._calls.answer(request, ask)

    async def check(self) -> None:
        """Raise what a request would meet at the engine behind."""
        await self._engine.check()

    async def aclose(self) -> None:
        """Close the gate and the engine behind."""
        self.gate.close()
        await self._engine.aclose()
