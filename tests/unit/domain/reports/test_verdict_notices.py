from typing import Any

import msgspec
import pytest

from tests.factories.reports import report_of
from textnlp.domain.reports.notices import with_notices
from textnlp.domain.reports.verdict_figures import PanelMember
from textnlp.domain.reports.verdict_notices import verdict_warnings

WHOLE = report_of("x")
PANEL, _ = WHOLE.panels
PAIRS, BY_MEMBER = WHOLE.pairs
(RANKING,) = WHOLE.rankings


def told(**parts: Any) -> list[str]:
    empty: dict[str, Any] = {"panels": [], "pairs": [], "rankings": []}
    return list(verdict_warnings(msgspec.structs.replace(WHOLE, **(empty | parts))))


def changed(value: Any, **parts: Any) -> list[Any]:
    return [msgspec.structs.replace(value, **parts)]


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"panels": changed(PANEL, alpha=0.5)}, "alpha is 0.50"),
        (
            {"panels": changed(PANEL, alpha=0.9, members=[PanelMember(judge="b", answers=20, missing=20)])},
            "judge b of x gave no answer for 50%",
        ),
        ({"pairs": changed(PAIRS, consistent=20, shown_first=35)}, "50% of the verdicts of x change"),
        ({"pairs": changed(PAIRS, consistent=38, shown_first=60)}, "towards what is shown first: 86%"),
        ({"pairs": changed(PAIRS, consistent=38, shown_first=7)}, "towards what is shown second: 90%"),
        ({"pairs": changed(BY_MEMBER, consistent=20, shown_first=35)}, "of x by x change"),
        ({"rankings": changed(RANKING, agreement=0.2)}, "W is 0.20"),
    ],
)
def test_judges_that_cannot_be_trusted_are_warned_of(parts: dict[str, Any], words: str) -> None:
    (sentence,) = told(**parts)
    assert words in sentence


@pytest.mark.parametrize(
    "parts",
    [
        {"panels": changed(PANEL, alpha=0.7)},
        {"panels": changed(PANEL, alpha=None)},
        {"panels": changed(PANEL, alpha=0.1, rows=19)},
        {"pairs": changed(PAIRS, consistent=30, shown_first=42)},
        {"pairs": changed(PAIRS, pairs=19, consistent=0)},
        {"pairs": changed(PAIRS, consistent=40, decided=0, shown_first=0)},
        {"rankings": changed(RANKING, agreement=0.6)},
        {"rankings": changed(RANKING, agreement=None)},
    ],
)
def test_others_are_not(parts: dict[str, Any]) -> None:
    assert told(**parts) == []


def test_a_report_carries_them_as_warnings() -> None:
    notices = with_notices(WHOLE).notices
    assert any(notice.level == "warning" and "alpha is 0.55" in notice.message for notice in notices)


def test_of_a_panel_that_decides_pairs_each_judge_is_told_of() -> None:
    parts = {"consistent": 20, "shown_first": 35}
    pairs = [*changed(PAIRS, **parts), *changed(BY_MEMBER, **parts)]
    assert told(pairs=pairs) == ["50% of the verdicts of x by x change with the order in which the pair is shown."]
