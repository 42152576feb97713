from typing import Any

from tests.unit.domain.recipes.recipes import recipe_of
from textnlp.domain.datasets.candidate import CandidateRecord
from textnlp.domain.datasets.model import DatasetRow, Reason, RowFate
from textnlp.domain.datasets.selection import Selection

WORD = {"word": {"kind": "category", "values": ["a", "b"]}}


def candidate(number: int, *words: str, fate: RowFate = RowFate.ACCEPTED, **values: Any) -> CandidateRecord:
    reasons = () if fate is RowFate.ACCEPTED else (Reason(code="length:word", message=f"{number} is too short"),)
    return CandidateRecord(
        rows=tuple(
            DatasetRow(candidate=number, item=item, fate=fate, values={"word": word, **values}, reasons=reasons)
            for item, word in enumerate(words)
        )
    )


def fates(selection: Selection, *records: CandidateRecord) -> list[RowFate]:
    return [row.fate for record in records for row in selection.decide(record)]


def test_rows_beyond_the_target_are_surplus_within_a_candidate_too() -> None:
    selection = Selection(recipe_of(WORD, accept={"rows": 2}))

    found = fates(selection, candidate(0, "one", "two", "three"), candidate(1, "four"))

    assert found == [RowFate.ACCEPTED, RowFate.ACCEPTED, RowFate.SURPLUS, RowFate.SURPLUS]
    assert selection.wanted == 0


def test_candidates_without_rows_are_rejected_and_say_so() -> None:
    selection = Selection(recipe_of(WORD, accept={"rows": 2}))

    assert fates(selection, candidate(0)) == []

    assert selection.counts.candidates == selection.counts.rejected == 1
    assert selection.reasons()[0].code == "no_row"


def test_reasons_are_ranked_with_the_first_message_as_an_example() -> None:
    selection = Selection(recipe_of(WORD, accept={"rows": 9}))
    fates(selection, candidate(0), candidate(1, "x", fate=RowFate.REJECTED), candidate(2, "y", fate=RowFate.FAILED))

    first, second = selection.reasons()

    assert (first.code, first.count, first.example) == ("length:word", 2, "1 is too short")
    assert second.code == "no_row"
    assert (selection.counts.rejected, selection.counts.failed) == (2, 1)


def test_a_near_duplicate_of_an_accepted_row_is_rejected_and_one_of_a_rejected_row_is_not() -> None:
    duplicates = {"columns": ["word"], "threshold": 1.0}
    selection = Selection(recipe_of(WORD, accept={"rows": 9, "duplicates": duplicates}))

    rejected = candidate(0, "Same Words", fate=RowFate.REJECTED)
    found = fates(selection, rejected, candidate(1, "same  words"), candidate(2, "same words"))

    assert found == [RowFate.REJECTED, RowFate.ACCEPTED, RowFate.REJECTED]


def test_rows_without_a_text_repeat_nothing() -> None:
    duplicates = {"columns": ["word"], "threshold": 1.0}
    selection = Selection(recipe_of(WORD, accept={"rows": 9, "duplicates": duplicates}))

    found = fates(selection, candidate(0, " "), candidate(1, ""), candidate(2, "same"), candidate(3, "same"))

    assert found == [RowFate.ACCEPTED, RowFate.ACCEPTED, RowFate.ACCEPTED, RowFate.REJECTED]


def test_a_half_of_a_surrogate_pair_in_an_object_can_be_compared() -> None:
    duplicates = {"columns": ["word", "more"], "threshold": 1.0}
    selection = Selection(recipe_of(WORD, accept={"rows": 9, "duplicates": duplicates}))
    half = {"text": "\ud800"}

    found = fates(selection, candidate(0, "same", more=half), candidate(1, "same", more=half))

    assert found == [RowFate.ACCEPTED, RowFate.REJECTED]


def test_a_full_cell_of_a_quota_makes_rows_surplus_and_open_cells_count_down() -> None:
    quota = {"kind": "quota", "factors": {"tone": ["kind", "angry"]}}
    selection = Selection(recipe_of({"cell": quota}, accept={"rows": 2}))

    found = fates(
        selection,
        candidate(0, "x", cell={"tone": "kind"}),
        candidate(1, "y", cell={"tone": "kind"}),
        candidate(2, "z", cell={"tone": "angry"}),
    )

    assert found == [RowFate.ACCEPTED, RowFate.SURPLUS, RowFate.ACCEPTED]
    assert selection.open_cells() == {"cell": [0, 0]}
