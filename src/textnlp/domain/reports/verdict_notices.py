"""What whoever reads a report should know of its judges first: where they disagree, and where order decides."""

from collections.abc import Iterator

from textnlp.domain.reports.model import QualityReport
from textnlp.domain.reports.verdict_figures import PairwiseFigures, PanelFigures

LEAST_ALPHA = 0.667
"""Below it no conclusions are drawn (Krippendorff 2004, "Reliability in Content Analysis")."""

LEAST_CONSISTENT = 0.75
MOST_LEANING = 0.1
LEAST_W = 0.5
_LEAST_ROWS = 20
_MISSING_SHARE = 0.1


def verdict_warnings(report: QualityReport) -> Iterator[str]:
    """Yield a sentence for each judge whose verdicts are to be taken with care; none on fewer than 20 rows.

    Of a panel that decides pairs each judge is told of, not the whole, which changes where any of them does.
    """
    of_panels = {pairs.judge for pairs in report.pairs if pairs.member is not None}
    for panel in report.panels:
        if panel.rows >= _LEAST_ROWS:
            yield from _panel(panel)
    for pairs in report.pairs:
        if pairs.pairs >= _LEAST_ROWS and (pairs.member is not None or pairs.judge not in of_panels):
            yield from _pairs(pairs)
    for ranking in report.rankings:
        if ranking.rows >= _LEAST_ROWS and ranking.agreement is not None and ranking.agreement < LEAST_W:
            told = f"Kendall's W is {ranking.agreement:.2f}"
            yield f"The rankings of {ranking.judge} depend on the order in which the columns are shown: {told}."


def _panel(panel: PanelFigures) -> Iterator[str]:
    if panel.alpha is not None and panel.alpha < LEAST_ALPHA:
        told = f"Krippendorff's alpha is {panel.alpha:.2f}"
        yield f"The judges of {panel.judge} agree too little to draw conclusions from: {told}."
    for member in panel.members:
        if member.missing > _MISSING_SHARE * panel.rows:
            yield f"The judge {member.judge} of {panel.judge} gave no answer for {member.missing / panel.rows:.0%}."


def _pairs(pairs: PairwiseFigures) -> Iterator[str]:
    who = pairs.judge if pairs.member is None else f"{pairs.judge} by {pairs.member}"
    consistent, shown_first = pairs.consistent_share, pairs.shown_first_share
    if consistent is not None and consistent < LEAST_CONSISTENT:
        yield f"{1 - consistent:.0%} of the verdicts of {who} change with the order in which the pair is shown."
    if shown_first is not None and pairs.decided >= _LEAST_ROWS and abs(shown_first - 0.5) > MOST_LEANING:
        place = "first" if shown_first > 0.5 else "second"  # noqa: PLR2004  half, where neither place is preferred
        share = max(shown_first, 1 - shown_first)
        yield f"{who} leans towards what is shown {place}: {share:.0%} of its answers with a winner name it."
