from typing import Any

import pytest

from textnlp.domain.judging.pairs import Winner, settle_pair
from textnlp.domain.reports.comparison_tally import PairwiseTally, RankingTally


def verdict(as_given: str, swapped: str) -> dict[str, Any]:
    settled = settle_pair(Winner(as_given), Winner(swapped))
    return {
        "winner": settled.winner.value,
        "consistent": settled.consistent,
        "reasons": [
            {"shown_first": "first", "winner": as_given, "reason": "so"},
            {"shown_first": "second", "winner": swapped, "reason": "so"},
        ],
    }


def test_wins_ties_and_consistency_are_counted() -> None:
    tally = PairwiseTally("verdict", first="a", second="b")
    for each in (verdict("first", "first"), verdict("second", "second"), verdict("first", "second"), None):
        tally.add({"verdict": each})
    tally.add({})

    (found,) = tally.figures()

    assert (found.pairs, found.first_wins, found.second_wins, found.ties) == (3, 1, 1, 1)
    assert found.consistent_share == pytest.approx(2 / 3)
    assert (found.decided, found.shown_first) == (6, 4)


def test_a_judge_that_is_consistent_leans_nowhere() -> None:
    tally = PairwiseTally("verdict", first="a", second="b")
    for _ in range(9):
        tally.add({"verdict": verdict("second", "second")})
    assert tally.figures()[0].shown_first_share == 0.5


def test_answers_without_a_winner_have_no_share() -> None:
    tally = PairwiseTally("verdict", first="a", second="b")
    tally.add({"verdict": verdict("tie", "tie")})
    assert tally.figures()[0].shown_first_share is None


def test_each_judge_of_a_panel_is_counted_beside_the_whole() -> None:
    tally = PairwiseTally("verdict", first="a", second="b", members=["x", "y", "z"])
    judges: dict[str, Any] = {
        "x": verdict("first", "second"),
        "y": verdict("first", "first"),
        "z": {"winner": None, "error": "timeout"},
    }
    tally.add({"verdict": {"winner": "tie", "consistent": False, "judges": judges}})

    whole, x, y, z = tally.figures()

    assert (whole.member, whole.ties, whole.decided, whole.shown_first) == (None, 1, 4, 3)
    assert (x.member, x.shown_first_share, y.shown_first_share) == ("x", 1.0, 0.5)
    assert (z.pairs, z.consistent_share) == (0, None)


def test_rankings_have_their_mean_scores_the_best_first() -> None:
    tally = RankingTally("order", ["a", "b", "c"])
    tally.add({"order": {"scores": {"a": 0.5, "b": 1.0, "c": 0.0}, "ties": [], "agreement": 1.0}})
    tally.add({"order": {"scores": {"a": 0.75, "b": 0.75, "c": 0.0}, "ties": [["a", "b"]], "agreement": 0.5}})
    tally.add({"order": {"scores": {"a": 0.25, "b": 0.75, "c": 0.5}, "ties": [], "agreement": None}})
    tally.add({"order": None})

    found = tally.figures()

    assert found is not None
    assert (found.rows, found.tied, found.agreement) == (3, 1, 0.75)
    assert (found.columns[0].score, found.columns[0].best) == (pytest.approx(2.5 / 3), 3)
    assert [column.column for column in found.columns] == ["b", "a", "c"]


def test_nothing_is_told_where_nothing_was_compared() -> None:
    assert PairwiseTally("verdict", first="a", second="b").figures() == []
    assert RankingTally("order", ["a", "b", "c"]).figures() is None
