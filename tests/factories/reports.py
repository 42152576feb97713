"""A report of quality with something in every part."""

from textnlp.domain.reports.column_figures import (
    ColumnFigures,
    DiversityFigures,
    GramFigures,
    GrowthPoint,
    Histogram,
    NumberFigures,
    ValueFigure,
)
from textnlp.domain.reports.finding_figures import (
    CheckFigures,
    DuplicateCluster,
    DuplicateFigures,
    DuplicateMember,
    FailureExample,
    JudgeFigures,
    OverlapExample,
    OverlapFigures,
    PersonalDataFigure,
)
from textnlp.domain.reports.model import (
    Balance,
    CellFigure,
    CostFigures,
    CoverageFigures,
    DriftFigures,
    ModelFigures,
    Notice,
    QualityReport,
    ReasonFigure,
    Subject,
)
from textnlp.domain.reports.verdict_figures import (
    PairwiseFigures,
    PanelFigures,
    PanelMember,
    RankedColumn,
    RankingFigures,
)

NUMBERS = NumberFigures(
    count=40,
    mean=12.5,
    low=1,
    high=30,
    p05=2,
    median=11,
    p95=29,
    histogram=Histogram(edges=[1, 11, 21, 31], counts=[20, 0, 20]),
)


def report_of(text: str) -> QualityReport:
    """Return a report in which every text is `text`."""
    diversity = DiversityFigures(
        texts=40,
        sampled=40,
        words=400,
        grams=[GramFigures(length=length, total=400, distinct=200, share=0.5) for length in (1, 2, 3)],
        growth=[GrowthPoint(words=words, distinct=words // 2) for words in (100, 200, 400)],
        heaps=0.61,
        self_bleu=0.42,
        compression=2.5,
        languages=[ValueFigure(value=text, rows=40)],
        spread=0.3,
        effective=17.2,
    )
    plain = ColumnFigures(name=text, type=text, kind=text, rows=40, nulls=1, distinct=39)
    cells = [CellFigure(labels=[text, label], rows=rows, target=3) for label, rows in (("a", 3), ("b", 0))]
    return QualityReport(
        subject=Subject(
            kind="dataset",
            name=text,
            version=3,
            description=text,
            created="2026-03-01T12:05:00+00:00",
            generator=text,
            facts={text: text},
        ),
        balance=Balance(
            rows=50,
            accepted=40,
            rejected=6,
            failed=3,
            surplus=1,
            candidates=48,
            target=40,
            stopped_by=text,
            splits={"train": 30, text: 10},
        ),
        notices=[Notice(level="warning", message=text), Notice(level="note", message=text)],
        reasons=[ReasonFigure(code=text, rows=6, example=text)],
        checks=[
            CheckFigures(
                code=text,
                kind=text,
                column=text,
                parameters={text: text},
                looked_at=49,
                failed=6,
                flagged=2,
                scores=NUMBERS,
                examples=[FailureExample(row=text, message=text, value=text)],
            )
        ],
        columns=[
            ColumnFigures(
                name=text, type=text, rows=40, nulls=0, distinct=40, lengths=NUMBERS, values=[], diversity=diversity
            ),
            ColumnFigures(
                name="label",
                type=text,
                rows=40,
                nulls=0,
                distinct=3,
                values=[ValueFigure(value=text, rows=30), ValueFigure(value=" ", rows=7)],
                other_rows=3,
            ),
            ColumnFigures(name="number", type=text, rows=40, nulls=0, distinct=30, numbers=NUMBERS),
            plain,
        ],
        coverage=[
            CoverageFigures(
                name=text, factors=[text, "b"], cells=2, covered=1, rows=4, unknown=1, evenness=0.0, listed=cells
            ),
            CoverageFigures(
                name="topics",
                factors=["topic"],
                cells=9,
                covered=8,
                rows=40,
                unknown=0,
                evenness=0.9,
                listed=[CellFigure(labels=[text], rows=0)],
            ),
        ],
        duplicates=DuplicateFigures(
            removed=2,
            clusters=1,
            largest=[
                DuplicateCluster(
                    keeper=text, removed=2, members=[DuplicateMember(row=text, similarity=0.93, text=text)]
                )
            ],
        ),
        personal_data=[PersonalDataFigure(type=text, rows=2, findings=3)],
        cost=CostFigures(
            total=0.5,
            per_accepted_row=0.0125,
            tokens_per_accepted_row=100,
            models=[
                ModelFigures(
                    model=text, calls=50, reused=1, prompt_tokens=900, completion_tokens=80, cost=0.5, license=text
                )
            ],
        ),
        judges=[JudgeFigures(judge=text), JudgeFigures(judge="fit", labels=90, kappa=0.71)],
        panels=[
            PanelFigures(
                judge=text,
                level="interval",
                members=[PanelMember(judge=text, answers=40, mean=3.5), PanelMember(judge="b", answers=38, missing=2)],
                rows=40,
                compared=38,
                equal=0.6,
                spread=0.8,
                alpha=0.55,
                alpha_low=0.4,
                alpha_high=0.7,
            ),
            PanelFigures(judge="pair", level="nominal", members=[], rows=40),
        ],
        pairs=[
            PairwiseFigures(
                judge=text,
                member=member,
                first=text,
                second="b",
                pairs=40,
                first_wins=20,
                second_wins=8,
                ties=12,
                consistent=30,
                decided=70,
                shown_first=42,
            )
            for member in (None, text)
        ],
        rankings=[
            RankingFigures(
                judge=text, columns=[RankedColumn(column=text, score=0.75, best=21)], rows=40, tied=3, agreement=0.81
            )
        ],
        overlaps=[
            OverlapFigures(
                kind="contamination",
                looked_at=49,
                rows=1,
                longest_words=15,
                examples=[OverlapExample(row=text, source=text, words=15, text=text)],
            )
        ],
        drift=[DriftFigures(column=text, of="lengths", level="large", psi=0.4, chance=0.01, wasserstein=4.2)],
        reference=text,
        examples=[{text: text}],
    )
