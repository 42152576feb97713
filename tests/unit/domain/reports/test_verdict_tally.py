from typing import Any

from textnlp.domain.reports.verdict_tally import VerdictTally

RECIPE: dict[str, Any] = {
    "seed": 3,
    "columns": {
        "a": {"kind": "text"},
        "alone": {"kind": "judge", "scores": {"clarity": {}}, "models": None},
        "grade": {"kind": "judge", "scores": {"clarity": {}, "truth": {}}, "models": ["x", "y"]},
        "pair": {"kind": "pairwise", "first": "a", "second": "b", "models": ["x", "y"]},
        "order": {"kind": "rank", "columns": ["a", "b", "c"]},
    },
}
MARKS = {"judges": {"x": {"score": 2}, "y": {"score": 4}}}
WINNER: dict[str, Any] = {"winner": "first", "consistent": True, "reasons": []}
ROW: dict[str, Any] = {
    "alone": {"clarity": {"score": 2, "reason": "so"}},
    "grade": {"clarity": MARKS, "truth": MARKS},
    "pair": {"winner": "first", "consistent": True, "judges": {"x": WINNER, "y": WINNER}},
    "order": {"scores": {"a": 1.0, "b": 0.5, "c": 0.0}, "ties": [], "agreement": 1.0},
}


def test_every_judging_column_of_a_recipe_is_counted() -> None:
    tally = VerdictTally(RECIPE)
    tally.add(ROW)
    assert [(panel.judge, panel.level) for panel in tally.panels()] == [
        ("grade.clarity", "interval"),
        ("grade.truth", "interval"),
        ("pair", "nominal"),
    ]
    assert [(pair.judge, pair.member) for pair in tally.pairs()] == [("pair", None), ("pair", "x"), ("pair", "y")]
    assert [ranking.judge for ranking in tally.rankings()] == ["order"]


def test_a_recipe_without_judges_tells_nothing() -> None:
    tally = VerdictTally({})
    tally.add(ROW)
    assert (tally.panels(), tally.pairs(), tally.rankings()) == ([], [], [])
