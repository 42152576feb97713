"""An engine that keeps account of what one cell asks of it."""

import functools
from collections import Counter
from collections.abc import AsyncGenerator

from textnlp.application.cells.cell_ports import CallTimer
from textnlp.domain.batches.requests import given_parameters, payload_hash
from textnlp.domain.datasets.model import CellRecord, CellUse
from textnlp.domain.errors import TextNLPError
from textnlp.domain.generation.model import (
    NO_USAGE,
    Completion,
    CompletionChunk,
    EngineCapabilities,
    GenerationRequest,
    JsonObject,
)
from textnlp.ports.text_engine import TextEngine


class Tally:
    """The calls of one cell, whichever engines they go to.

    Args:
        keeps_messages: whether the record holds what was asked in the last call.
    """

    def __init__(self, *, column: str, kind: str, keeps_messages: bool = False, timer: CallTimer | None = None) -> None:
        self._column = column
        self.timer = timer
        self._kind = kind
        self._keeps_messages = keeps_messages
        self._last: GenerationRequest | None = None
        self.template: str | None = None
        self._answered: dict[str, dict[str, CellUse]] = {}
        self._failed_attempts: Counter[str] = Counter()

    def of(self, engine: TextEngine) -> "TalliedEngine":
        """Return the engine with its calls counted here."""
        return TalliedEngine(engine, self)

    def add(self, completion: Completion, *, asked: str | None = None, seconds: float = 0.0) -> None:
        """Count an answer of the model `asked`; one without attempts was there from before."""
        if self.timer is not None:
            self.timer.on_answer(self._column, completion, seconds)
        is_reused = completion.attempts == 0
        use = CellUse(
            model=completion.model,
            calls=1,
            attempts=completion.attempts,
            usage=completion.usage,
            reused=int(is_reused),
            reused_usage=completion.usage if is_reused else NO_USAGE,
        )
        answered = self._answered.setdefault(asked or completion.model, {})
        known = answered.get(use.model)
        answered[use.model] = use if known is None else known.plus(use)

    def add_failed(self, *, asked: str, attempts: int) -> None:
        """Count attempts that brought no answer."""
        self._failed_attempts[asked] += attempts

    def begin(self, request: GenerationRequest) -> None:
        """Note what is asked."""
        self._last = request
        self._answered.setdefault(request.model, {})

    def record(self) -> CellRecord:
        """Return what is known of the cell's making."""
        last = self._last
        uses = self._by_model()
        whole = functools.reduce(CellUse.plus, uses) if uses else CellUse(model="")
        return CellRecord(
            column=self._column,
            kind=self._kind,
            model=whole.model or (last.model if last else None),
            template=self.template,
            parameters=None if last is None else given_parameters(last.parameters),
            call_id=None if last is None else payload_hash(last).hex(),
            calls=whole.calls,
            attempts=whole.attempts,
            usage=whole.usage,
            reused=whole.reused,
            reused_usage=whole.reused_usage,
            messages=self._messages(),
            uses=tuple(uses) if len(uses) > 1 else (),
        )

    def _by_model(self) -> list[CellUse]:
        """Return what each model took, in the order in which they were asked, by the names under which they answer."""
        found: dict[str, CellUse] = {}
        for asked, answered in self._answered.items():
            name = next(iter(answered), asked)
            failed = CellUse(model=name, attempts=self._failed_attempts[asked])
            for use in (*answered.values(), failed):
                if use.calls or use.attempts:
                    found[use.model] = found[use.model].plus(use) if use.model in found else use
        return list(found.values())

    def _messages(self) -> tuple[JsonObject, ...]:
        if self._last is None or not self._keeps_messages:
            return ()
        return tuple({"role": each.role.value, "content": each.content} for each in self._last.messages)


class TalliedEngine:
    """A `TextEngine` whose whole answers are counted in a `Tally`."""

    def __init__(self, engine: TextEngine, tally: Tally) -> None:
        self._engine = engine
        self._tally = tally

    @property
    def name(self) -> str:
        """The deployment's name."""
        return self._engine.name

    @property
    def capabilities(self) -> EngineCapabilities:
        """What the engine behind can do."""
        return self._engine.capabilities

    async def generate(self, request: GenerationRequest) -> Completion:
        """Ask, and count the answer or the attempts that brought none."""
        self._tally.begin(request)
        timer = self._tally.timer
        began = 0.0 if timer is None else timer.clock.monotonic()
        try:
            completion = await self._engine.generate(request)
        except TextNLPError as error:
            self._tally.add_failed(asked=request.model, attempts=error.facts.attempts)
            raise
        self._tally.add(
            completion, asked=request.model, seconds=0.0 if timer is None else timer.clock.monotonic() - began
        )
        return completion

    def stream(self, request: GenerationRequest) -> AsyncGenerator[CompletionChunk]:
        """Pass the request on; what is streamed is not counted."""
        return self._engine.stream(request)

    async def check(self) -> None:
        """Raise what a request would meet at the engine behind."""
        await self._engine.check()

    async def aclose(self) -> None:
        """Leave the engine behind as it is, for it serves other cells."""
