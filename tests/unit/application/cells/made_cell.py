"""One cell, made of one column."""

from collections.abc import Mapping
from typing import Any

from tests.factories.dataset_runs import cell_ports
from tests.factories.memory_platform import CLOCK
from tests.unit.domain.recipes.recipes import recipe_of
from textnlp.adapters.engines.scripted import DEFAULT_CAPABILITIES, ScriptedEngine, ScriptEntry
from textnlp.application.cells.cell_maker import CellMaker
from textnlp.application.cells.cell_ports import Cell, CellPorts
from textnlp.domain.generation.model import EngineCapabilities

NAME = "cell"


async def made_cell(
    column: dict[str, Any],
    *answers: ScriptEntry,
    row: Mapping[str, Any] | None = None,
    ports: CellPorts | None = None,
    capabilities: EngineCapabilities = DEFAULT_CAPABILITIES,
    **parts: Any,
) -> Cell:
    """Return the cell of a column for a row, with these answers of the model first."""
    engine = ScriptedEngine(clock=CLOCK, script=answers, capabilities=capabilities)
    maker = CellMaker(recipe_of({NAME: column}, **parts), ports or cell_ports(engine, keeps_messages=True))
    return await maker.make(NAME, row or {}, "5")


def contents(cell: Cell) -> list[tuple[str, str]]:
    """Return role and text of what was asked last."""
    return [(message["role"], message["content"]) for message in cell.record.messages]
