from typing import Any

import pytest

from tests.factories.dataset_runs import cell_ports
from tests.factories.memory_platform import CLOCK
from tests.unit.application.cells.made_cell import NAME, made_cell
from tests.unit.domain.recipes.recipes import recipe_of
from textnlp.adapters.engines.scripted import ScriptedEngine
from textnlp.application.cells.cell_maker import CellMaker
from textnlp.domain.errors import ErrorKind, TextNLPError

TEXT = {"kind": "text", "prompt": "Review a {{ product }}."}


async def test_the_same_cell_is_asked_for_with_the_same_seed_and_another_place_with_another() -> None:
    engine = ScriptedEngine(clock=CLOCK)
    maker = CellMaker(
        recipe_of({NAME: TEXT}, models={"default": {"temperature": {"uniform": [0, 1]}}}), cell_ports(engine)
    )

    cells = [await maker.make(NAME, {"product": "lamp"}, place) for place in ("5", "5", "6")]

    assert cells[0].record.parameters == cells[1].record.parameters
    assert cells[0].value == cells[1].value
    assert cells[0].record.parameters != cells[2].record.parameters


async def test_a_condition_that_does_not_hold_asks_nothing() -> None:
    cell = await made_cell({**TEXT, "when": "product == 'chair'"}, row={"product": "lamp"})

    assert cell.value is None
    assert cell.record.calls == 0


async def test_a_sampler_with_a_condition_is_drawn_for_its_row() -> None:
    column = {"kind": "category", "values": ["a", "b"], "when": "product == 'lamp'"}

    drawn = await made_cell(column, row={"product": "lamp"})
    left_out = await made_cell(column, row={"product": "chair"})

    assert drawn.value in {"a", "b"}
    assert left_out.value is None


async def test_a_missing_variable_fails_the_cell_and_is_named() -> None:
    cell = await made_cell(TEXT)

    assert cell.error is not None
    assert "product" in cell.error.message


async def test_the_model_that_an_alias_names_is_asked() -> None:
    engine = ScriptedEngine(clock=CLOCK)
    recipe = recipe_of({NAME: {**TEXT, "model": "judge"}}, models={"writer": {}, "judge": {"model": "large"}})

    await CellMaker(recipe, cell_ports(engine)).make(NAME, {"product": "lamp"}, "1")

    assert engine.last_request is not None
    assert engine.last_request.model == "large"


async def test_a_stored_template_is_named_in_the_record() -> None:
    maker = CellMaker(recipe_of({NAME: TEXT}), cell_ports(), templates={NAME: "review@3"})

    cell = await maker.make(NAME, {"product": "lamp"}, "1")

    assert cell.record.template == "review@3"


def test_a_function_that_there_is_not_is_found_out_before_anything_is_asked() -> None:
    def find(name: str) -> None:
        raise TextNLPError(f"There is no {name}.", kind=ErrorKind.NOT_FOUND)

    ports = cell_ports()
    column: dict[str, Any] = {"kind": "python", "function": "shout", "inputs": []}
    with pytest.raises(TextNLPError, match="shout"):
        CellMaker(
            recipe_of({NAME: column}),
            type(ports)(
                find_engine=ports.find_engine,
                find_embeddings=ports.find_embeddings,
                find_function=find,  # pyright: ignore[reportArgumentType]
                default_model=ports.default_model,
            ),
        )
