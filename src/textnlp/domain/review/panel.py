"""How the judges of a panel agree, by the same statistics as people."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from textnlp.domain.review.agreement.bootstrap import REPLICATES
from textnlp.domain.review.agreement.ratings import Level, ratings_of
from textnlp.domain.review.agreement.summary import Agreement, measure_agreement
from textnlp.domain.review.row_values import number_at, value_at


def panel_agreement(
    rows: Sequence[Mapping[str, Any]],
    judges: Sequence[str],
    *,
    level: Level = Level.INTERVAL,
    seed: int = 0,
    replicates: int = REPLICATES,
) -> Agreement:
    """Measure how judges agree, whose verdicts stand in the columns `judges`.

    Scores are numbers, or objects with a `score`; at the nominal level any text or number is a verdict. A verdict
    that is missing counts as a missing rating.
    """
    units: list[dict[str, Hashable]] = []
    for row in rows:
        found = {judge: _verdict(row, judge, level) for judge in judges}
        units.append({judge: verdict for judge, verdict in found.items() if verdict is not None})
    return measure_agreement(ratings_of(units, level=level), seed=seed, replicates=replicates)


def _verdict(row: Mapping[str, Any], judge: str, level: Level) -> Hashable:
    score = number_at(row, judge)
    if score is not None or level is not Level.NOMINAL:
        return score
    verdict = value_at(row, judge)
    return verdict if isinstance(verdict, str | bool) else None
