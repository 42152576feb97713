from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories.dataset_runs import MemoryRun
from tests.factories.memory_platform import CLOCK, memory_ports
from tests.unit.domain.recipes.recipes import recipe_of
from textnlp.adapters.engines.scripted import ScriptedEngine
from textnlp.domain.datasets.model import RowFate
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import Completion, GenerationRequest
from textnlp.domain.recipes.recipe import Recipe

CHANCE = {"kind": "uniform", "low": 0, "high": 1}


def passing(rate: float, *, rows: int, **accept: object) -> Recipe:
    """Return a recipe of which `rate` of the candidates pass."""
    where = f"chance < {rate}"
    return recipe_of({"chance": CHANCE}, seed=3, accept={"rows": rows, "where": where, **accept})


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rate=st.floats(0.1, 0.9), rows=st.integers(1, 60))
async def test_exactly_as_many_rows_are_accepted_as_are_wanted_whatever_share_passes(rate: float, rows: int) -> None:
    run = MemoryRun(recipe=passing(rate, rows=rows, max_candidates=100_000))

    collected = await run.collect()

    found = Counter(row.fate for row in await run.rows(collected))
    assert collected.stopped_by is None
    assert found[RowFate.ACCEPTED] == collected.selection.counts.accepted == rows
    assert found.total() == collected.selection.counts.rows


async def test_a_run_that_has_its_rows_makes_no_further_round() -> None:
    run = MemoryRun(recipe=passing(0.5, rows=10))
    first = await run.collect()

    again = await run.collect()

    assert [batch.id for batch in again.rounds] == [batch.id for batch in first.rounds]
    assert run.watch.figures.candidates == first.selection.counts.candidates


async def test_more_rows_go_on_from_the_candidates_that_there_are() -> None:
    ports = memory_ports()
    before = MemoryRun(recipe=passing(0.5, rows=10), ports=ports)
    few = await before.rows(await before.collect())

    after = MemoryRun(recipe=passing(0.5, rows=25), ports=ports)
    many = await after.rows(await after.collect())

    accepted = [row.id for row in few if row.fate is RowFate.ACCEPTED]
    assert [row.id for row in many if row.fate is RowFate.ACCEPTED][:10] == accepted
    assert sum(row.fate is RowFate.ACCEPTED for row in many) == 25


async def test_a_run_stops_at_its_candidates_with_what_it_has() -> None:
    run = MemoryRun(recipe=passing(0.1, rows=50, max_candidates=60))

    collected = await run.collect()

    assert collected.stopped_by is not None
    assert collected.stopped_by.startswith("max_candidates")
    assert collected.selection.counts.candidates == 60
    assert collected.selection.reasons()[0].code == "accept"


TEXT = {"kind": "text", "prompt": "Say something about {{ chance }}."}


def writing(**accept: object) -> Recipe:
    return recipe_of({"chance": CHANCE, "text": TEXT}, accept={"rows": 200, **accept})


async def test_a_run_stops_at_its_cost_and_goes_on_when_more_may_be_spent() -> None:
    ports = memory_ports()
    run = MemoryRun(recipe=writing(max_cost=0.5), ports=ports)

    stopped = await run.collect()

    assert stopped.stopped_by is not None
    assert stopped.stopped_by.startswith("max_cost")
    assert 0 < stopped.selection.counts.accepted < 200
    whole = await MemoryRun(recipe=writing(max_cost=500), ports=ports).collect()
    assert whole.stopped_by is None
    assert whole.selection.counts.accepted == 200


async def test_a_run_stops_at_its_time() -> None:
    engine = ScriptedEngine(clock=CLOCK, latency_seconds=0.02)

    collected = await MemoryRun(recipe=writing(max_seconds=0.2), engine=engine).collect()

    assert collected.stopped_by is not None
    assert collected.stopped_by.startswith("max_seconds")


class Failing(ScriptedEngine):
    """Fails four calls in five."""

    kind = ErrorKind.UNAVAILABLE

    async def generate(self, request: GenerationRequest) -> Completion:
        completion = await super().generate(request)
        if self.calls % 5:
            raise TextNLPError("It is away.", kind=self.kind)
        return completion


async def test_a_run_stops_when_too_many_candidates_fail() -> None:
    collected = await MemoryRun(recipe=writing(max_error_rate=0.5), engine=Failing(clock=CLOCK)).collect()

    assert collected.stopped_by is not None
    assert collected.stopped_by.startswith("max_error_rate")
    assert collected.selection.reasons()[0].code == "unavailable"


async def test_a_run_stops_when_its_pass_rate_falls() -> None:
    run = MemoryRun(recipe=passing(0.9, rows=5_000, max_drift=0.2))
    run.runner()
    watch = run.watch
    for number in range(400):
        watch.figures.add(is_passed=number < 250, is_failed=False, cost=None)

    assert watch.reached() is not None
    assert str(watch.reached()).startswith("max_drift")


class Closed(ScriptedEngine):
    """Refuses everybody."""

    async def generate(self, request: GenerationRequest) -> Completion:
        message = f"The key of {request.model} is wrong."
        raise TextNLPError(message, kind=ErrorKind.UNAUTHENTICATED)


async def test_an_error_that_every_row_would_meet_ends_the_run_and_says_so() -> None:
    run = MemoryRun(recipe=writing(), engine=Closed(clock=CLOCK))

    with pytest.raises(TextNLPError, match="The key of scripted is wrong"):
        await run.collect()


async def test_quotas_get_exactly_their_rows() -> None:
    quota = {
        "kind": "quota",
        "factors": {"stars": [1, 2, 3], "tone": ["kind", "angry"]},
        "shares": {"tone": {"kind": 3, "angry": 1}},
    }
    recipe = recipe_of({"cell": quota, "chance": CHANCE}, accept={"rows": 48, "where": "chance < 0.6"})
    run = MemoryRun(recipe=recipe)

    rows = await run.rows(await run.collect())

    accepted = [row.values["cell"] for row in rows if row.fate is RowFate.ACCEPTED]
    found = Counter((cell["stars"], cell["tone"]) for cell in accepted)
    assert len(accepted) == 48
    assert {found[stars, "kind"] for stars in (1, 2, 3)} == {12}
    assert {found[stars, "angry"] for stars in (1, 2, 3)} == {4}


async def test_repetitions_are_rejected_and_name_the_row_that_they_repeat() -> None:
    columns = {"word": {"kind": "category", "values": [f"word {letter}" for letter in "abcdefghij"]}}
    recipe = recipe_of(columns, accept={"rows": 8, "duplicates": {"columns": ["word"], "threshold": 1.0}})
    run = MemoryRun(recipe=recipe)

    rows = await run.rows(await run.collect())

    accepted = {row.id: row.values["word"] for row in rows if row.fate is RowFate.ACCEPTED}
    assert len(set(accepted.values())) == 8
    twin = next(row for row in rows if row.reasons and row.reasons[0].code == "duplicate")
    named = twin.reasons[0].message.split()[-2]
    assert accepted[named] == twin.values["word"]
