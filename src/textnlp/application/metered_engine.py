"""A text engine whose calls are charged to an account: reserved before, settled after."""

import contextlib
from collections.abc import AsyncGenerator, Callable

from textnlp.application.call_meter import CallMeter
from textnlp.application.usage_recorder import UsageRecorder
from textnlp.domain.generation.model import Completion, CompletionChunk, EngineCapabilities, GenerationRequest, Usage
from textnlp.domain.usage.account import Account
from textnlp.domain.usage.entry import CallOutcome
from textnlp.domain.usage.price import PriceTable
from textnlp.ports.clock import Clock
from textnlp.ports.text_engine import TextEngine


class MeteredEngine:
    """A `TextEngine` for the calls of one account; making one costs nothing, so each request has its own.

    Every call is reserved by its estimate before the engine is asked, which raises `LIMIT_REACHED` or `UNAVAILABLE`
    where it may not be made, and settled when it ends, however it ends. A call counts what the engine reported. Where
    it reported nothing, an answer counts as its characters and those of its prompt, four a token, even if it broke
    off or its caller left; a call of which nothing was seen counts as nothing.
    """

    def __init__(
        self,
        engine: TextEngine,
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
    def capabilities(self) -> EngineCapabilities:
        """What the engine behind can do."""
        return self._engine.capabilities

    async def generate(self, request: GenerationRequest) -> Completion:
        """Write the completion and charge for it."""
        meter = await self._meter.begin(request)
        try:
            completion = await self._engine.generate(request)
            meter.see(
                text=completion.text,
                model=completion.model,
                usage=completion.usage,
                deployment=completion.deployment,
            )
            meter.outcome = CallOutcome.OK
        except Exception:
            meter.outcome = CallOutcome.FAILED
            raise
        finally:
            self._meter.settle(meter)
        return completion

    async def stream(self, request: GenerationRequest) -> AsyncGenerator[CompletionChunk]:
        """Write the completion in pieces and charge for what was written, whether or not all of it is taken."""
        meter = await self._meter.begin(request)
        try:
            async with contextlib.aclosing(self._engine.stream(request)) as chunks:
                async for chunk in chunks:
                    meter.see(text=chunk.text, model=chunk.model, usage=chunk.usage, deployment=chunk.deployment)
                    if chunk.finish_reason is not None:
                        meter.outcome = CallOutcome.OK
                    yield chunk
            meter.outcome = CallOutcome.OK
        except Exception:
            meter.outcome = CallOutcome.FAILED
            raise
        finally:
            self._meter.settle(meter)

    async def check(self) -> None:
        """Raise what a request would meet at the engine behind; charges nothing."""
        await self._engine.check()

    async def aclose(self) -> None:
        """Leave the engine behind as it is: it serves other accounts, too."""
