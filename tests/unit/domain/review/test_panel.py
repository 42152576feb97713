import pytest

from tests.unit.domain.review.agreement.published import FOUR_OBSERVERS
from textnlp.domain.review.agreement.ratings import Level
from textnlp.domain.review.panel import panel_agreement

ROWS = [
    {f"judge{n}": {"score": int(mark), "reason": "so"} for n, mark in enumerate(marks) if mark != "."}
    for marks in zip(*FOUR_OBSERVERS, strict=True)
]
JUDGES = [f"judge{n}" for n in range(4)]


@pytest.mark.parametrize(
    ("level", "published"), [(Level.INTERVAL, 0.849), (Level.ORDINAL, 0.815), (Level.NOMINAL, 0.743)]
)
def test_judges_are_measured_as_people_are(level: Level, published: float) -> None:
    found = panel_agreement(ROWS, JUDGES, level=level, replicates=20)
    assert found.alpha.value == pytest.approx(published, abs=0.0005)


def test_verdicts_in_words_are_nominal() -> None:
    rows = [{"a": "good", "b": "good"}, {"a": "bad", "b": "bad"}, {"a": "bad"}, {"a": None, "b": ["bad"]}]
    found = panel_agreement(rows, ["a", "b"], level=Level.NOMINAL, replicates=20)
    assert (found.units, found.percent.value) == (2, 1.0)
