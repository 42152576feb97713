"""Runs of recipes in memory, without files or a command line."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from tests.factories.memory_platform import CLOCK, MODEL, memory_ports
from textnlp.adapters.engines.scripted import ScriptedEngine
from textnlp.adapters.engines.scripted_embeddings import ScriptedEmbeddings
from textnlp.application.answer_candidate import CandidateAnswerer
from textnlp.application.answer_row import STOPPING_KINDS
from textnlp.application.batch_ports import BatchPorts
from textnlp.application.cells.cell_maker import CellMaker
from textnlp.application.cells.cell_ports import CellPorts, ColumnFunction
from textnlp.application.draw_candidates import CandidateDraws
from textnlp.application.make_rows import RowMaker
from textnlp.application.run_dataset import CollectedRows, DatasetRunner
from textnlp.application.watch_run import RunWatch
from textnlp.application.work_round import work_round
from textnlp.application.work_slices import WorkerOptions
from textnlp.domain.batches.model import Batch
from textnlp.domain.datasets.model import DatasetRow
from textnlp.domain.datasets.paths import recipe_path
from textnlp.domain.datasets.run import DatasetRun
from textnlp.domain.generation.model import Usage
from textnlp.domain.identifiers import RunId
from textnlp.domain.recipes.plan import plan_recipe
from textnlp.domain.recipes.recipe import Recipe
from textnlp.ports.seed_source import SeedSource
from textnlp.ports.text_engine import TextEngine

RUN = RunId("run_00000000000000000000000001")
NOBODY: Mapping[str, ColumnFunction] = {}


def cell_ports(
    engine: TextEngine | None = None,
    *,
    functions: Mapping[str, ColumnFunction] = NOBODY,
    lists: Mapping[str, Sequence[str]] | None = None,
    keeps_messages: bool = False,
) -> CellPorts:
    """Return ports over one engine, a scripted one where none is given."""
    answering = ScriptedEngine(clock=CLOCK) if engine is None else engine
    return CellPorts(
        find_engine=lambda _: answering,
        find_embeddings=lambda _: ScriptedEmbeddings(),
        find_function=functions.__getitem__,
        default_model=MODEL,
        lists=lists or {},
        keeps_messages=keeps_messages,
    )


def row_maker(recipe: Recipe, ports: CellPorts | None = None) -> RowMaker:
    """Return what makes the rows of a recipe."""
    plan = plan_recipe(recipe, seed_fields=None)
    return RowMaker(recipe, plan, CellMaker(recipe, ports or cell_ports()), stopping=STOPPING_KINDS)


def free(_: str, usage: Usage) -> Decimal:
    """Let a token cost a thousandth of a dollar."""
    return Decimal(usage.total_tokens) / 1000


@dataclass(kw_only=True)
class MemoryRun:
    """A run whose batches are in memory, so that it can be gone on with."""

    recipe: Recipe
    engine: TextEngine | None = None
    ports: BatchPorts = field(default_factory=memory_ports)
    cost_of: Callable[[str, Usage], Decimal | None] = free
    lanes: int = 4
    seeds: SeedSource | None = None
    lists: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    functions: Mapping[str, ColumnFunction] = field(default_factory=dict[str, ColumnFunction])
    watch: RunWatch = field(init=False)

    async def collect(self) -> CollectedRows:
        """Run until the rows are there or a limit is reached."""
        return await self.runner().collect()

    async def rows(self, collected: CollectedRows) -> list[DatasetRow]:
        """Return all rows with what became of them."""
        return [row async for page in self.runner().rows(collected.rounds) for row in page]

    def runner(self) -> DatasetRunner:
        """Return what runs the rounds, as another process would."""
        plan = plan_recipe(self.recipe, seed_fields=None)
        run = DatasetRun(
            id=RUN,
            recipe=self.recipe,
            recipe_path=recipe_path(RUN),
            model=MODEL,
            endpoint="memory",
            created_at=datetime(2026, 1, 5, tzinfo=UTC),
        )
        self.watch = watch = RunWatch(self.recipe.accept, cost_of=self.cost_of, clock=self.ports.clock)
        maker = row_maker(self.recipe, cell_ports(self.engine, functions=self.functions, lists=self.lists))

        async def maker_of(_: Batch) -> RowMaker:
            return maker

        answerer = CandidateAnswerer(
            maker_of=maker_of, require_going_on=lambda _: watch.require_going_on(), on_made=watch.on_made
        )

        async def work(_: Batch) -> None:
            await work_round(
                self.ports,
                answerer,
                find_engine=lambda _: _no_engine(),
                options=WorkerOptions(lanes=self.lanes, linger_seconds=0.001),
            )

        return DatasetRunner(
            self.ports,
            run,
            CandidateDraws(self.recipe, plan, lists=self.lists, seeds=self.seeds),
            watch=watch,
            work=work,
            slice_rows=7,
        )


def _no_engine() -> Any:
    raise AssertionError("candidates ask no engine by themselves")
