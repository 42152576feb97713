from typing import Any

import pytest

from tests.unit.application.cells.judged_cells import Bench, answer
from tests.unit.application.cells.made_cell import contents, made_cell
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError

JUDGE: dict[str, Any] = {
    "kind": "judge",
    "prompt": "Text: {{ text }}",
    "scores": {"clarity": {"description": "Is it clear to a {{ reader }}?", "scale": {1: "no", 2: "yes"}}},
}
ROW = {"text": "It shines.", "reader": "child"}
PANEL = {**JUDGE, "models": ["x", "y", "z"]}
BUSY = TextNLPError("The model is busy.", kind=ErrorKind.UNAVAILABLE, facts=ErrorFacts(attempts=4))


def marked(score: int) -> str:
    return answer_of({"clarity": {"reason": "short words", "score": score}})


def answer_of(scores: dict[str, Any]) -> str:
    return answer(**scores).replace('"reason":"so",', "", 1)


async def test_a_judge_is_told_the_rubric_and_answers_reason_and_mark() -> None:
    cell = await made_cell(JUDGE, marked(2), row=ROW)

    assert cell.value == {"clarity": {"reason": "short words", "score": 2}}
    told = contents(cell)[-1][1]
    assert told.startswith("Text: It shines.")
    assert "clarity: Is it clear to a child? Marks: 1 = no; 2 = yes." in told


async def test_a_mark_outside_the_scale_is_asked_for_again() -> None:
    cell = await made_cell(JUDGE, marked(3), marked(1), row=ROW)

    assert cell.value["clarity"]["score"] == 1
    assert cell.record.calls == 2


async def test_a_panel_has_its_score_each_judges_and_their_agreement() -> None:
    bench = Bench({"x": [marked(2)], "y": [marked(1)], "z": [marked(2)]})

    cell = await bench.make(PANEL, ROW)

    assert cell.value["clarity"]["score"] == 2.0
    assert cell.value["clarity"]["agreement"] == {"equal": pytest.approx(1 / 3), "spread": 1}
    assert cell.value["clarity"]["judges"]["y"] == {"score": 1, "reason": "short words", "error": None}
    assert bench.calls == [1, 1, 1]


async def test_scores_are_combined_as_the_column_says() -> None:
    answers = {"x": [marked(2)], "y": [marked(1)], "z": [marked(2)]}

    found = [
        (await Bench(answers).make({**PANEL, "combine": how}, ROW)).value["clarity"]["score"]
        for how in ("median", "mean", "majority")
    ]

    assert found == [2.0, pytest.approx(5 / 3), 2.0]


async def test_every_judge_is_paid_under_its_own_model() -> None:
    bench = Bench({"x": [marked(3), marked(2)], "y": [marked(1)], "z": [BUSY]})

    record = (await bench.make(PANEL, ROW)).record

    assert [(use.model, use.calls, use.attempts) for use in record.uses] == [("x", 2, 2), ("y", 1, 1), ("z", 0, 4)]
    assert (record.model, record.calls, record.attempts) == ("x", 3, 7)
    assert sum(use.usage.total_tokens for use in record.uses) == record.usage.total_tokens > 0


async def test_one_judge_that_fails_is_told_and_costs_no_cell() -> None:
    cell = await Bench({"x": [marked(2)], "y": [BUSY], "z": [marked(1)]}).make(PANEL, ROW)

    found = cell.value["clarity"]
    assert found["score"] == 1.5
    assert found["judges"]["y"] == {"score": None, "reason": None, "error": "unavailable"}
    assert found["judges"].keys() == {"x", "y", "z"}


async def test_a_panel_that_is_too_small_fails_the_cell_with_its_judges() -> None:
    cell = await Bench({"x": [BUSY], "y": [marked(2)], "z": [BUSY]}).make(PANEL, ROW)

    assert cell.error is not None
    assert cell.error.kind is ErrorKind.UNAVAILABLE
    assert "2 of 3 judges gave no answer, and 2 have to: x, z. The model is busy." in cell.error.message
    assert cell.record.attempts == 9

    one = await Bench({"x": [BUSY], "y": [marked(2)], "z": [BUSY]}).make({**PANEL, "min_judges": 1}, ROW)
    assert one.value["clarity"]["score"] == 2.0
    assert one.value["clarity"]["agreement"]["equal"] is None


async def test_what_every_row_would_meet_is_not_borne() -> None:
    spent = TextNLPError("The budget is spent.", kind=ErrorKind.LIMIT_REACHED)

    cell = await Bench({"x": [marked(2)], "y": [spent], "z": [marked(1)]}).make(PANEL, ROW)

    assert cell.error is not None
    assert (cell.error.kind, cell.error.message) == (ErrorKind.LIMIT_REACHED, "The budget is spent.")
