"""Counts who wins of pairs, how far the order in which they are shown decides, and how columns are ranked."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, cast

from textnlp.domain.judging.pairs import Winner
from textnlp.domain.reports.verdict_figures import PairwiseFigures, RankedColumn, RankingFigures

_Verdict = Mapping[str, Any]


class PairwiseTally:
    """Counts the verdicts of one pairwise column, as a whole and by the judges of its panel."""

    def __init__(self, judge: str, *, first: str, second: str, members: Sequence[str] = ()) -> None:
        self._judge = judge
        self._first = first
        self._second = second
        self._members = tuple(members)
        self._counts: dict[str | None, Counter[str]] = {member: Counter() for member in (None, *members)}

    def add(self, row: Mapping[str, Any]) -> None:
        """Count a row in; one without a verdict counts for nothing."""
        verdict: _Verdict | None = row.get(self._judge)
        if not isinstance(verdict, Mapping) or verdict.get("winner") is None:
            return
        whole = self._counts[None]
        _count_winner(whole, verdict)
        if not self._members:
            _count_orders(whole, verdict)
            return
        judges = cast("Mapping[str, _Verdict]", verdict.get("judges") or {})
        for member in self._members:
            found = judges.get(member) or {}
            if found.get("winner") is None:
                continue
            _count_winner(self._counts[member], found)
            _count_orders(self._counts[member], found)
            _count_orders(whole, found)

    def figures(self) -> list[PairwiseFigures]:
        """Return the figures of the column, then of each judge of its panel; none where nothing was compared."""
        if not self._counts[None]["pairs"]:
            return []
        return [
            PairwiseFigures(
                judge=self._judge,
                member=member,
                first=self._first,
                second=self._second,
                pairs=counts["pairs"],
                first_wins=counts[Winner.FIRST],
                second_wins=counts[Winner.SECOND],
                ties=counts[Winner.TIE],
                consistent=counts["consistent"],
                decided=counts["decided"],
                shown_first=counts["shown_first"],
            )
            for member, counts in self._counts.items()
        ]


class RankingTally:
    """Counts the rankings of one column."""

    def __init__(self, judge: str, columns: Sequence[str]) -> None:
        self._judge = judge
        self._columns = tuple(columns)
        self._scores: dict[str, float] = dict.fromkeys(columns, 0.0)
        self._best: Counter[str] = Counter()
        self._rows = self._tied = self._compared = 0
        self._agreement = 0.0

    def add(self, row: Mapping[str, Any]) -> None:
        """Count a row in; one without a ranking counts for nothing."""
        ranking: _Verdict | None = row.get(self._judge)
        if not isinstance(ranking, Mapping) or not ranking.get("scores"):
            return
        scores: Mapping[str, float] = ranking["scores"]
        most = max(scores.values())
        self._rows += 1
        self._tied += bool(ranking.get("ties"))
        self._best.update(name for name, score in scores.items() if score == most)
        for name in self._columns:
            self._scores[name] += scores[name]
        if ranking.get("agreement") is not None:
            self._compared += 1
            self._agreement += ranking["agreement"]

    def figures(self) -> RankingFigures | None:
        """Return what there is to tell of the rows so far; None where nothing was ranked."""
        if not self._rows:
            return None
        columns = [
            RankedColumn(column=name, score=self._scores[name] / self._rows, best=self._best[name])
            for name in self._columns
        ]
        return RankingFigures(
            judge=self._judge,
            columns=sorted(columns, key=lambda column: -column.score),
            rows=self._rows,
            tied=self._tied,
            agreement=self._agreement / self._compared if self._compared else None,
        )


def _count_winner(counts: Counter[str], verdict: _Verdict) -> None:
    counts["pairs"] += 1
    counts["consistent"] += bool(verdict["consistent"])
    counts[verdict["winner"]] += 1


def _count_orders(counts: Counter[str], verdict: _Verdict) -> None:
    for answer in verdict.get("reasons") or ():
        if answer["winner"] != Winner.TIE:
            counts["decided"] += 1
            counts["shown_first"] += answer["winner"] == answer["shown_first"]
