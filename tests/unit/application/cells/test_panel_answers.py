import asyncio
from typing import Any

from tests.factories.dataset_runs import cell_ports
from tests.unit.application.cells.made_cell import NAME
from tests.unit.domain.recipes.recipes import recipe_of
from textnlp.adapters.engines.scripted import DEFAULT_CAPABILITIES
from textnlp.application.cells.cell_maker import CellMaker
from textnlp.domain.generation.model import Completion, FinishReason, GenerationRequest

ROW = {"a": "one", "b": "two"}
PAIRWISE: dict[str, Any] = {
    "kind": "pairwise",
    "prompt": "Which?",
    "first": "a",
    "second": "b",
    "models": ["x", "y", "z"],
}


class Meeting:
    """An engine that answers when all expected questions are there, the last one first."""

    name = "meeting"
    capabilities = DEFAULT_CAPABILITIES

    def __init__(self, expected: int) -> None:
        self.asked: list[GenerationRequest] = []
        self._expected = expected
        self._all_there = asyncio.Event()

    async def generate(self, request: GenerationRequest) -> Completion:
        number = len(self.asked)
        self.asked.append(request)
        if len(self.asked) == self._expected:
            self._all_there.set()
        await asyncio.wait_for(self._all_there.wait(), timeout=5)
        for _ in range(self._expected - number):
            await asyncio.sleep(0)
        return Completion(text='{"reason":"so","winner":"A"}', model=request.model, finish_reason=FinishReason.STOP)


async def test_all_judges_are_asked_at_once_and_each_question_has_its_own_seed() -> None:
    engine = Meeting(6)
    models = {judge: {"model": judge} for judge in ("x", "y", "z")}
    maker = CellMaker(recipe_of({NAME: PAIRWISE}, models=models), cell_ports(engine))  # pyright: ignore[reportArgumentType]

    cell = await maker.make(NAME, ROW, "1")

    assert cell.error is None
    assert [request.model for request in engine.asked] == ["x", "x", "y", "y", "z", "z"]
    assert len({request.parameters.seed for request in engine.asked}) == 6
    assert [use.model for use in cell.record.uses] == ["x", "y", "z"]
