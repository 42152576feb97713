from typing import Any

import pytest

from tests.factories.dataset_runs import cell_ports, row_maker
from tests.factories.memory_platform import CLOCK
from tests.unit.domain.recipes.recipes import REVIEWS, recipe_of
from textnlp.adapters.engines.scripted import ScriptedEngine, ScriptEntry
from textnlp.application.make_rows import Candidate
from textnlp.domain.datasets.candidate import CandidateRecord
from textnlp.domain.datasets.model import RowFate
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import Completion, FinishReason


async def made(
    columns: dict[str, dict[str, Any]], *answers: ScriptEntry, values: dict[str, Any] | None = None, **parts: Any
) -> CandidateRecord:
    """Return what a recipe with these columns makes of candidate 5, with these answers of the model first."""
    engine = ScriptedEngine(clock=CLOCK, script=answers)
    maker = row_maker(recipe_of(columns, **parts), cell_ports(engine))
    return await maker.make(Candidate(number=5, values=values or {}))


async def test_a_row_has_all_columns_in_the_order_in_which_they_need_one_another() -> None:
    record = await made(REVIEWS, "A fine lamp.", values={"product": "lamp"})

    row = record.rows[0]
    assert row.fate is RowFate.ACCEPTED
    assert row.values["review"] == "A fine lamp."
    assert set(row.values["score"]["clarity"]) == {"reason", "score"}
    assert [cell.column for cell in row.cells] == ["review", "score"]
    assert [(use.column, use.calls) for use in record.uses] == [("review", 1), ("score", 1)]


async def test_a_filter_stops_a_row_before_anything_more_is_asked_for_it() -> None:
    columns = {
        "good": {"kind": "filter", "where": "product == 'chair'"},
        "review": {"kind": "text", "prompt": "{{ product }}"},
    }
    record = await made(columns, values={"product": "lamp"})

    assert record.rows[0].fate is RowFate.REJECTED
    assert record.rows[0].reasons[0].code == "filter:good"
    assert record.uses == ()


ASPECTS = {
    "aspects": {"kind": "expression", "value": "{{ ['price', 'light', 'weight'] }}", "type": "json"},
    "aspect": {"kind": "expand", "column": "aspects"},
    "opinion": {"kind": "text", "prompt": "{{ aspect }} of the {{ product }}"},
}


async def test_expanding_gives_a_row_for_each_item_with_cells_of_its_own() -> None:
    record = await made(ASPECTS, values={"product": "lamp"})

    assert [row.values["aspect"] for row in record.rows] == ["price", "light", "weight"]
    assert len({row.values["opinion"] for row in record.rows}) == 3
    assert [row.id for row in record.rows] == ["5", "5.1", "5.2"]
    assert {use.column: use.calls for use in record.uses} == {"opinion": 3}


async def test_a_row_that_is_turned_away_does_not_stop_its_neighbours() -> None:
    columns = {**ASPECTS, "cheap": {"kind": "filter", "where": "aspect != 'light'"}}

    record = await made(columns, values={"product": "lamp"})

    assert [row.fate for row in record.rows] == [RowFate.ACCEPTED, RowFate.REJECTED, RowFate.ACCEPTED]


async def test_a_subsample_keeps_so_many_rows_always_the_same_ones() -> None:
    columns = {**ASPECTS, "some": {"kind": "subsample", "rows": 2, "after": "aspect"}}

    first = await made(columns, values={"product": "lamp"})
    again = await made(columns, values={"product": "lamp"})

    assert len(first.rows) == 2
    assert [row.values for row in again.rows] == [row.values for row in first.rows]


async def test_expanding_what_is_no_list_fails_the_row_and_an_empty_list_gives_none() -> None:
    columns = {"aspect": {"kind": "expand", "column": "aspects"}}

    wrong = await made(columns, values={"aspects": "price"})
    none = await made(columns, values={"aspects": []})

    assert wrong.rows[0].fate is RowFate.FAILED
    assert "no list" in wrong.rows[0].reasons[0].message
    assert none.rows == ()


async def test_an_answer_that_was_cut_rejects_the_row_and_an_error_fails_it() -> None:
    columns = {"review": {"kind": "text", "prompt": "Review."}}
    cut = Completion(text="It is", model="m", finish_reason=FinishReason.LENGTH)

    rejected = await made(columns, cut)
    failed = await made(columns, TextNLPError("It is away.", kind=ErrorKind.UNAVAILABLE))

    assert (rejected.rows[0].fate, rejected.rows[0].reasons[0].code) == (RowFate.REJECTED, "truncated")
    assert (failed.rows[0].fate, failed.rows[0].reasons[0].code) == (RowFate.FAILED, "unavailable")
    assert failed.rows[0].reasons[0].column == "review"


async def test_an_error_that_every_row_would_meet_is_raised() -> None:
    with pytest.raises(TextNLPError) as raised:
        await made(
            {"review": {"kind": "text", "prompt": "Review."}},
            TextNLPError("The key is wrong.", kind=ErrorKind.UNAUTHENTICATED),
        )
    assert raised.value.kind is ErrorKind.UNAUTHENTICATED


async def test_checks_reject_with_their_reasons_and_acceptance_comes_after_them() -> None:
    columns = {"text": {"kind": "expression", "value": "{{ product }}"}}
    checks = [{"kind": "length", "column": "text", "min_characters": 5}]

    short = await made(columns, values={"product": "lamp"}, checks=checks, accept={"where": "text == 'sofas'"})
    other = await made(columns, values={"product": "chair"}, checks=checks, accept={"where": "text == 'sofas'"})

    assert [reason.code for reason in short.rows[0].reasons] == ["length:text"]
    assert [reason.code for reason in other.rows[0].reasons] == ["accept"]


async def test_a_condition_decides_whether_a_column_is_made() -> None:
    columns = {"reply": {"kind": "text", "prompt": "Reply.", "when": "stars < 3"}}

    content = await made(columns, values={"stars": 5})
    angry = await made(columns, values={"stars": 1})

    assert content.rows[0].values["reply"] is None
    assert content.uses == ()
    assert angry.rows[0].values["reply"]
