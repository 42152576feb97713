"""Counts how the judges of panels agree."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Literal, cast

from textnlp.domain.diversity.reservoir import Reservoir
from textnlp.domain.reports.verdict_figures import PanelFigures, PanelMember
from textnlp.domain.review.agreement.ratings import Level
from textnlp.domain.review.panel import panel_agreement
from textnlp.domain.review.row_values import value_at

MOST_COMPARED = 10_000
"""Rows of an even sample that agreement is worked out from."""

_REPLICATES = 400
_PAIR = 2


class PanelTally:
    """Counts the verdicts of one panel in memory that does not grow with the rows.

    Args:
        judge: the path of what the panel judges, such as `grade.clarity`.
        members: the aliases of the panel.
        level: `interval` for scores, `nominal` for winners.
        seed: of the sample, and of the interval of alpha.
    """

    def __init__(
        self, judge: str, members: Sequence[str], *, level: Literal["interval", "nominal"], seed: int = 0
    ) -> None:
        self._judge = judge
        self._members = tuple(members)
        self._level: Literal["interval", "nominal"] = level
        self._field = "score" if level == "interval" else "winner"
        self._seed = seed
        self._rows = 0
        self._answers: Counter[str] = Counter()
        self._sums: Counter[str] = Counter()
        self._spread = 0.0
        self._sample = Reservoir[dict[str, Any]](MOST_COMPARED, seed=seed)

    def add(self, row: Mapping[str, Any]) -> None:
        """Count a row in; one without a verdict of the panel counts for nothing."""
        judges = value_at(row, f"{self._judge}.judges")
        if not isinstance(judges, Mapping):
            return
        given = cast("Mapping[str, Mapping[str, Any]]", judges)
        verdicts = {
            member: verdict
            for member in self._members
            if (verdict := (given.get(member) or {}).get(self._field)) is not None
        }
        self._rows += 1
        self._answers.update(verdicts.keys())
        if self._level == "interval":
            self._sums.update(verdicts)
        if len(verdicts) >= _PAIR:
            self._sample.add([verdicts])
            if self._level == "interval":
                self._spread += max(verdicts.values()) - min(verdicts.values())

    def figures(self) -> PanelFigures | None:
        """Return what there is to tell of the rows so far; None where there are none."""
        if not self._rows:
            return None
        compared = self._sample.seen if self._level == "interval" else 0
        found = panel_agreement(
            self._sample.items, self._members, level=Level(self._level), seed=self._seed, replicates=_REPLICATES
        )
        return PanelFigures(
            judge=self._judge,
            level=self._level,
            members=[self._member(member) for member in self._members],
            rows=self._rows,
            compared=found.units,
            equal=found.percent.value,
            spread=self._spread / compared if compared else None,
            alpha=found.alpha.value,
            alpha_low=found.alpha.low,
            alpha_high=found.alpha.high,
        )

    def _member(self, member: str) -> PanelMember:
        answers = self._answers[member]
        mean = self._sums[member] / answers if answers and self._level == "interval" else None
        return PanelMember(judge=member, answers=answers, missing=self._rows - answers, mean=mean)
