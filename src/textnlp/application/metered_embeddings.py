"""An embedding engine whose calls are charged to an account: reserved before, settled after."""

from collections.abc import Callable

from textnlp.application.call_meter import CallMeter
from textnlp.application.usage_recorder import UsageRecorder
from textnlp.domain.embedding.model import EmbeddingRequest, Embeddings
from textnlp.domain.generation.model import Usage
from textnlp.domain.usage.account import Account
from textnlp.domain.usage.entry import CallOutcome
from textnlp.domain.usage.price import PriceTable
from textnlp.ports.clock import Clock
from textnlp.ports.embedding_engine import EmbeddingEngine


class MeteredEmbeddings:
    """An `EmbeddingEngine` for the calls of one account, charged as those of `MeteredEngine` are.

    An answer whose tokens the engine did not report counts as the characters of its texts, four a token.
    """

    def __init__(
        self,
        engine: EmbeddingEngine,
        *,
        account: Account,
        recorder: UsageRecorder,
        prices: PriceTable,
        clock: Clock,
        on_usage: Callable[[Usage], None] | None = None,
    ) -> None:
        self._engine = engine
        self._meter = CallMeter(account=account, recorder=recorder, prices=prices, clock=clock, on_usage=on_usage)

    @property
    def name(self) -> str:
        """The deployment's name."""
        return self._engine.name

    @property
    def most_inputs(self) -> int:
        """How many inputs one call may hold."""
        return self._engine.most_inputs

    async def embed(self, request: EmbeddingRequest) -> Embeddings:
        """Return the vectors and charge for them."""
        meter = await self._meter.begin(request)
        try:
            answer = await self._engine.embed(request)
            meter.see(model=answer.model, usage=answer.usage, deployment=answer.deployment)
            meter.has_answer = True
            meter.outcome = CallOutcome.OK
        except Exception:
            meter.outcome = CallOutcome.FAILED
            raise
        finally:
            self._meter.settle(meter)
        return answer

    async def check(self) -> None:
        """Raise what a request would meet at the engine behind; charges nothing."""
        await self._engine.check()

    async def aclose(self) -> None:
        """Leave the engine behind as it is: it serves other accounts, too."""
