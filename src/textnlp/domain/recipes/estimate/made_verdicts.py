"""What judges may say, before they have said anything."""

from collections.abc import Mapping
from typing import Any

from textnlp.domain.recipes.judge_columns import JudgeColumn, JudgingColumn, PairwiseColumn, RankColumn


def made_verdict(column: JudgingColumn, reason: str) -> dict[str, Any]:
    """Return a verdict as a judge or a panel gives it: middle marks, the first column wins, the order is as given."""
    match column:
        case JudgeColumn():
            return {name: _score(column, _middle(score.scale), reason) for name, score in column.scores.items()}
        case PairwiseColumn():
            return _of_panel(column, _pair(reason), "reasons", {"agreement": 1.0})
        case RankColumn():
            return _of_panel(column, _ranking(column, reason), "ballots", {})


def _score(column: JudgeColumn, mark: int, reason: str) -> dict[str, Any]:
    if not column.models:
        return {"score": mark, "reason": reason}
    judges = {judge: {"score": mark, "reason": reason, "error": None} for judge in column.models}
    return {"score": float(mark), "agreement": {"equal": 1.0, "spread": 0}, "judges": judges}


def _of_panel(
    column: PairwiseColumn | RankColumn, verdict: dict[str, Any], told: str, added: dict[str, Any]
) -> dict[str, Any]:
    """Return a verdict with those of the judges in the place of what one judge told."""
    if not column.models:
        return verdict
    whole = {name: value for name, value in verdict.items() if name != told}
    return {**whole, **added, "judges": {judge: {**verdict, "error": None} for judge in column.models}}


def _pair(reason: str) -> dict[str, Any]:
    reasons = [{"shown_first": shown, "winner": "first", "reason": reason} for shown in ("first", "second")]
    return {"winner": "first", "consistent": True, "reasons": reasons}


def _ranking(column: RankColumn, reason: str) -> dict[str, Any]:
    names = column.columns
    ballots = [{"shown": names, "order": names, "reason": reason}] * column.permutations
    last = len(names) - 1
    return {
        "order": names,
        "scores": {name: (last - place) / last for place, name in enumerate(names)},
        "ties": [],
        "agreement": 1.0 if len(ballots) > 1 or column.models else None,
        "ballots": ballots,
    }


def _middle(scale: Mapping[int, str]) -> int:
    marks = sorted(scale)
    return marks[len(marks) // 2]
