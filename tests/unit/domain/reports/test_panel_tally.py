from typing import Any

import pytest

from tests.unit.domain.review.agreement.published import FOUR_OBSERVERS
from textnlp.domain.reports.panel_tally import PanelTally
from textnlp.domain.reports.verdict_figures import PanelFigures, PanelMember

JUDGES = ["a", "b", "c", "d"]


def scored(*marks: int | None) -> dict[str, Any]:
    judges = {judge: {"score": mark, "reason": None, "error": None} for judge, mark in zip(JUDGES, marks, strict=False)}
    return {"grade": {"clarity": {"score": 3.0, "judges": judges}}}


def won(*winners: str) -> dict[str, Any]:
    return {"verdict": {"winner": "tie", "judges": {j: {"winner": w} for j, w in zip(JUDGES, winners, strict=False)}}}


def figures_of(rows: list[dict[str, Any]], judge: str = "grade.clarity", **options: Any) -> PanelFigures | None:
    tally = PanelTally(judge, JUDGES, level=options.pop("level", "interval"), **options)
    for row in rows:
        tally.add(row)
    return tally.figures()


def test_the_published_example_has_its_alpha() -> None:
    marks = zip(*FOUR_OBSERVERS, strict=True)
    found = figures_of([scored(*(None if mark == "." else int(mark) for mark in unit)) for unit in marks])
    assert found is not None
    assert found.alpha == pytest.approx(0.849, abs=0.0005)
    assert found.alpha_low is not None
    assert found.alpha_high is not None
    assert found.alpha is not None
    assert found.alpha_low < found.alpha < found.alpha_high


def test_each_judge_has_its_mean_and_what_it_did_not_answer() -> None:
    found = figures_of([scored(1, 2, 5, None), scored(3, None, 5, None), {"grade": None}, {}])
    assert found is not None
    assert (found.rows, found.compared, found.spread) == (2, 2, 3.0)
    assert found.members == [
        PanelMember(judge="a", answers=2, mean=2.0),
        PanelMember(judge="b", answers=1, missing=1, mean=2.0),
        PanelMember(judge="c", answers=2, mean=5.0),
        PanelMember(judge="d", answers=0, missing=2),
    ]


def test_winners_are_compared_as_names() -> None:
    found = figures_of([won("first", "first"), won("second", "first")], "verdict", level="nominal")
    assert found is not None
    assert (found.equal, found.spread) == (0.5, None)
    assert found.members[0].mean is None


def test_alpha_is_not_defined_where_all_always_say_the_same() -> None:
    found = figures_of([scored(4, 4, 4, 4)] * 30)
    assert found is not None
    assert (found.equal, found.alpha) == (1.0, None)


def test_nothing_is_told_where_nothing_was_judged() -> None:
    assert figures_of([{}, {"grade": None}]) is None


def test_the_same_rows_give_the_same_figures() -> None:
    rows = [scored(number % 5, number % 4, number % 3, number % 2) for number in range(40)]
    assert figures_of(rows, seed=3) == figures_of(rows, seed=3)
    assert figures_of(rows, seed=3) != figures_of(rows, seed=4)
