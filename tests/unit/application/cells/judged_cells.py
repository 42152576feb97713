"""Cells that several judges fill, each with an answer of its own."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from tests.factories.dataset_runs import cell_ports
from tests.factories.memory_platform import CLOCK
from tests.unit.application.cells.made_cell import NAME
from tests.unit.domain.recipes.recipes import recipe_of
from textnlp.adapters.engines.scripted import ScriptedEngine
from textnlp.application.cells.cell_maker import CellMaker
from textnlp.application.cells.cell_ports import Cell
from textnlp.domain.errors import TextNLPError
from textnlp.ports.text_engine import TextEngine

JUDGES = ("x", "y", "z")


def answer(**parts: Any) -> str:
    """Return a judge's answer."""
    return msgspec.json.encode({"reason": "so", **parts}).decode()


class Bench:
    """Judges `x`, `y` and `z`, each a model of its own with what it answers first."""

    def __init__(self, answers: Mapping[str, Sequence[str | TextNLPError]]) -> None:
        self.engines = {
            judge: ScriptedEngine(clock=CLOCK, name=judge, script=answers.get(judge, ())) for judge in JUDGES
        }

    def engine(self, model: str) -> TextEngine:
        """Return the engine of a model."""
        return self.engines[model]

    @property
    def calls(self) -> list[int]:
        """How often each judge was asked."""
        return [engine.calls for engine in self.engines.values()]

    async def make(self, column: dict[str, Any], row: Mapping[str, Any], *, place: str = "5", seed: int = 0) -> Cell:
        """Return the cell of a column."""
        models = {judge: {"model": judge} for judge in JUDGES}
        recipe = recipe_of({NAME: column}, models=models, seed=seed)
        ports = cell_ports(keeps_messages=True)
        maker = CellMaker(
            recipe,
            type(ports)(
                find_engine=self.engine,
                find_embeddings=ports.find_embeddings,
                find_function=ports.find_function,
                default_model=ports.default_model,
                keeps_messages=True,
            ),
        )
        return await maker.make(NAME, row, place)
