from typing import Any

import pytest

from tests.unit.application.cells.judged_cells import Bench, answer
from tests.unit.application.cells.made_cell import contents, made_cell
from textnlp.domain.errors import ErrorKind, TextNLPError

PAIRWISE: dict[str, Any] = {
    "kind": "pairwise",
    "prompt": "Which is clearer to a {{ reader }}?",
    "system": "You judge.",
    "first": "lamp",
    "second": "chair",
}
RANK: dict[str, Any] = {"kind": "rank", "prompt": "The clearest first.", "columns": ["lamp", "chair", "desk"]}
ROW = {"lamp": "It shines.", "chair": "It stands.", "desk": "It holds.", "reader": "child"}
BUSY = TextNLPError("The model is busy.", kind=ErrorKind.UNAVAILABLE)


def winner(label: str) -> str:
    return answer(winner=label)


def ranking(*numbers: int) -> str:
    return answer(ranking=list(numbers))


async def test_a_pair_is_asked_about_in_both_orders() -> None:
    cell = await made_cell(PAIRWISE, winner("A"), winner("B"), row=ROW)

    assert cell.value == {
        "winner": "first",
        "consistent": True,
        "reasons": [
            {"shown_first": "first", "winner": "first", "reason": "so"},
            {"shown_first": "second", "winner": "first", "reason": "so"},
        ],
    }
    assert cell.record.calls == 2
    (system, _), (role, told) = contents(cell)
    assert (system, role) == ("system", "user")
    assert told.startswith("Which is clearer to a child?")
    assert told.index("It stands.") < told.index("It shines.")


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (("A", "A"), ("tie", False)),
        (("B", "A"), ("second", True)),
        (("tie", "tie"), ("tie", True)),
        (("tie", "A"), ("tie", False)),
    ],
)
async def test_orders_that_disagree_are_a_tie(labels: tuple[str, str], expected: tuple[str, bool]) -> None:
    cell = await made_cell(PAIRWISE, *map(winner, labels), row=ROW)
    assert (cell.value["winner"], cell.value["consistent"]) == expected


async def test_a_verdict_of_the_wrong_form_is_asked_for_again() -> None:
    cell = await made_cell({**PAIRWISE, "ties": False}, winner("A"), winner("tie"), winner("B"), row=ROW)
    assert cell.value["winner"] == "first"
    assert cell.record.calls == 3


async def test_nothing_is_asked_where_there_is_nothing_to_compare() -> None:
    cell = await made_cell(PAIRWISE, row={**ROW, "chair": None})
    assert cell.error is not None
    assert cell.error.kind is ErrorKind.INVALID_INPUT
    assert cell.record.calls == 0


async def test_a_condition_that_does_not_hold_compares_nothing() -> None:
    cell = await made_cell({**PAIRWISE, "when": "chair"}, row={**ROW, "chair": ""})
    assert (cell.value, cell.error) == (None, None)


async def test_the_majority_of_a_panel_wins() -> None:
    for_first, for_second = [winner("A"), winner("B")], [winner("B"), winner("A")]
    bench = Bench({"x": for_first, "y": for_second, "z": for_first})

    cell = await bench.make({**PAIRWISE, "models": ["x", "y", "z"]}, ROW)

    assert (cell.value["winner"], cell.value["consistent"]) == ("first", True)
    assert cell.value["agreement"] == pytest.approx(1 / 3)
    assert cell.value["judges"]["y"]["winner"] == "second"
    assert bench.calls == [2, 2, 2]
    assert [use.model for use in cell.record.uses] == ["x", "y", "z"]


async def test_a_judge_that_answers_one_order_alone_is_missing() -> None:
    bench = Bench({"x": [winner("A"), winner("B")], "y": [winner("B"), BUSY], "z": [winner("A"), winner("A")]})

    cell = await bench.make({**PAIRWISE, "models": ["x", "y", "z"]}, ROW)

    assert cell.value["judges"]["y"] == {"winner": None, "consistent": None, "reasons": None, "error": "unavailable"}
    assert (cell.value["winner"], cell.value["consistent"]) == ("tie", False)


async def test_columns_are_ranked_by_what_was_shown_where() -> None:
    bench = Bench({"x": [ranking(3, 1, 2), ranking(1, 3, 2)]})

    cell = await bench.make({**RANK, "model": "x"}, ROW)

    first, second = cell.value["ballots"]
    assert second["shown"] == first["shown"][::-1]
    assert first["order"] == second["order"] == [first["shown"][place] for place in (2, 0, 1)]
    assert cell.value["order"] == first["order"]
    assert cell.value["agreement"] == 1.0
    assert cell.value["scores"][first["order"][0]] == 1.0
    assert cell.value["ties"] == []


async def test_a_judge_that_keeps_to_the_order_shown_finds_all_tied() -> None:
    cell = await made_cell(RANK, ranking(1, 2, 3), ranking(1, 2, 3), row=ROW)
    assert cell.value["ties"] == [["lamp", "chair", "desk"]]
    assert cell.value["agreement"] == 0.0


async def test_a_ranking_that_names_a_text_twice_is_asked_for_again() -> None:
    cell = await made_cell({**RANK, "permutations": 1}, ranking(1, 1, 2), ranking(1, 2, 3), row=ROW)
    assert cell.record.calls == 2
    assert cell.value["agreement"] is None


async def test_the_same_row_is_shown_in_the_same_orders_and_another_in_others() -> None:
    async def shown(place: str, *, seed: int = 0) -> list[Any]:
        wide = {**RANK, "columns": [f"c{number}" for number in range(8)], "permutations": 6, "model": "x"}
        cell = await Bench({}).make(wide, {f"c{number}": "text" for number in range(8)}, place=place, seed=seed)
        return [ballot["shown"] for ballot in cell.value["ballots"]]

    assert await shown("5") == await shown("5")
    assert await shown("5") != await shown("6")
    assert await shown("5") != await shown("5", seed=1)


async def test_a_panel_ranks_by_all_its_ballots() -> None:
    bench = Bench({judge: [ranking(1, 2, 3), ranking(3, 2, 1)] for judge in ("x", "y")} | {"z": [BUSY, BUSY]})

    cell = await bench.make({**RANK, "models": ["x", "y", "z"]}, ROW)

    assert cell.value["agreement"] == 1.0
    assert cell.value["judges"]["x"]["order"] == cell.value["order"]
    assert cell.value["judges"]["z"] == {
        **dict.fromkeys(("order", "scores", "ties", "agreement", "ballots")),
        "error": "unavailable",
    }
