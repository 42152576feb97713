import dataclasses

from tests.factories.dataset_runs import cell_ports, row_maker
from tests.factories.memory_platform import CLOCK
from tests.unit.domain.recipes.recipes import REVIEWS, recipe_of
from textnlp.adapters.engines.scripted import ScriptedEngine
from textnlp.application.cells.cell_ports import CallTimer
from textnlp.application.draw_candidates import CandidateDraws
from textnlp.application.preview_rows import CallFigures, draw_sample, preview_rows
from textnlp.domain.recipes.plan import plan_recipe

RECIPE = recipe_of({**REVIEWS, "cell": {"kind": "quota", "factors": {"tone": ["kind", "angry"]}}}, accept={"rows": 4})


async def test_the_sample_is_what_a_run_begins_with_and_its_rows_are_measured() -> None:
    figures = CallFigures()
    ports = dataclasses.replace(
        cell_ports(ScriptedEngine(clock=CLOCK, latency_seconds=0.001)),
        time_calls=CallTimer(clock=CLOCK, on_answer=figures.on_answer),
    )
    sample = await draw_sample(CandidateDraws(RECIPE, plan_recipe(RECIPE)), RECIPE, count=4)

    records = await preview_rows(row_maker(RECIPE, ports), sample, concurrency=2)
    probe = figures.probe(records)

    assert [candidate.number for candidate in sample] == [0, 1, 2, 3]
    assert sorted(candidate.values["cell"]["tone"] for candidate in sample) == ["angry", "angry", "kind", "kind"]
    assert (probe.candidates, probe.rows, probe.accepted) == (4, 4, 4)
    assert probe.columns["review"].calls == probe.columns["score"].calls == 4
    assert probe.columns["review"].seconds > 0
