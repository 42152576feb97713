import msgspec
import pytest

from textnlp.domain.reports.column_figures import ColumnFigures, DiversityFigures, GramFigures, ValueFigure
from textnlp.domain.reports.finding_figures import CheckFigures, JudgeFigures
from textnlp.domain.reports.model import Balance, CoverageFigures, DriftFigures, QualityReport, Subject
from textnlp.domain.reports.notices import with_notices

_REPORT = QualityReport(
    subject=Subject(kind="dataset", name="kettles"),
    balance=Balance(rows=100, accepted=100, rejected=0, failed=0, surplus=0),
)


def texts(**changes: object) -> ColumnFigures:
    diversity = DiversityFigures(
        texts=100,
        sampled=100,
        words=900,
        grams=[GramFigures(length=1, total=900, distinct=300, share=1 / 3)],
        growth=[],
    )
    diversity = msgspec.structs.replace(diversity, **changes)
    return ColumnFigures(name="text", type="string", rows=100, nulls=0, distinct=90, diversity=diversity)


def column(**changes: object) -> ColumnFigures:
    plain = ColumnFigures(name="label", type="string", rows=100, nulls=0, distinct=3)
    return msgspec.structs.replace(plain, **changes)


def test_a_report_without_anything_to_say_has_no_notices() -> None:
    assert with_notices(msgspec.structs.replace(_REPORT, columns=[texts(self_bleu=0.4), column()])).notices == []


@pytest.mark.parametrize(
    ("part", "level", "words"),
    [
        ({"balance": Balance(rows=9, accepted=0, rejected=9, failed=0, surplus=0)}, "warning", "No row was accepted"),
        (
            {"balance": Balance(rows=9, accepted=8, rejected=0, failed=1, surplus=0, stopped_by="max_cost of $1.")},
            "warning",
            "before its target: max_cost",
        ),
        ({"balance": Balance(rows=9, accepted=8, rejected=0, failed=1, surplus=0)}, "note", "1 row could not"),
        ({"judges": [JudgeFigures(judge="taste", notes=["Nobody knows."])]}, "warning", "Nobody knows."),
        ({"checks": [CheckFigures(code="c", looked_at=100, failed=60)]}, "warning", "half of the rows pass c (40%)"),
        ({"columns": [texts(self_bleu=0.95)]}, "warning", "much alike"),
        ({"columns": [texts(compression=9.0)]}, "warning", "compress 9.0 times"),
        (
            {"columns": [texts(languages=[ValueFigure(value="en", rows=90), ValueFigure(value="de", rows=10)])]},
            "note",
            "en 90%, de 10%",
        ),
        ({"columns": [column(nulls=100, distinct=0)]}, "note", "no value in any row"),
        ({"columns": [column(distinct=1)]}, "note", "same value in every row"),
        ({"drift": [DriftFigures(column="text", of="lengths", level="large", psi=0.4)]}, "warning", "large drift"),
        ({"drift": [DriftFigures(column="text", of="lengths", level="moderate", psi=0.2)]}, "note", "moderate drift"),
    ],
)
def test_what_matters_is_said(part: dict[str, object], level: str, words: str) -> None:
    notices = with_notices(msgspec.structs.replace(_REPORT, **part)).notices
    assert [notice.level for notice in notices if words in notice.message] == [level]


def test_cells_without_rows_and_uneven_ones_are_told() -> None:
    plain = CoverageFigures(
        name="mix", factors=["a"], cells=10, covered=10, rows=100, unknown=0, evenness=1.0, listed=[]
    )
    bare, uneven = (msgspec.structs.replace(plain, **change) for change in ({"covered": 7}, {"evenness": 0.5}))
    report = msgspec.structs.replace(_REPORT, coverage=[plain, bare, uneven])
    assert [notice.message for notice in with_notices(report).notices] == [
        "3 of 10 cells of mix have no row.",
        "Rows are spread unevenly over mix: evenness is 0.50.",
    ]


def test_warnings_come_first_and_notices_are_not_said_twice() -> None:
    parts = {"columns": [column(distinct=1)], "judges": [JudgeFigures(judge="taste", notes=["Nobody knows."])]}
    once = with_notices(msgspec.structs.replace(_REPORT, **parts))
    assert [notice.level for notice in once.notices] == ["warning", "note"]
    assert with_notices(once) == once
    calibrated = [JudgeFigures(judge="taste", labels=200, kappa=0.7)]
    assert with_notices(msgspec.structs.replace(_REPORT, judges=calibrated)).notices == []
