from collections.abc import Mapping
from typing import Any

import pytest

from tests.factories.datasets import RECIPE, facts_of, rows_of
from textnlp.adapters.dataset_files.version_record import version_record
from textnlp.domain.datasets.column_type import TEXT
from textnlp.domain.datasets.model import DatasetRow, ModelUse, RowFate
from textnlp.domain.generation.model import Usage
from textnlp.domain.reports.dataset_report import DatasetReport, cost_figures
from textnlp.domain.reports.model import QualityReport
from textnlp.domain.validation.reason import Reason


def reported(rows: list[DatasetRow], recipe: Mapping[str, Any], **changes: Any) -> QualityReport:
    facts = facts_of(rows, recipe=recipe, **changes)
    version = version_record(facts, splits={"train": 4}, columns={"answer": TEXT}, public_key="")
    building = DatasetReport(recipe)
    building.add([(row, row.values if row.fate is RowFate.ACCEPTED else None) for row in rows])
    return building.report(version, facts)


def test_the_balance_is_that_of_the_run() -> None:
    rows = rows_of(70)
    report = reported(rows, {**RECIPE, "output": {"license": "CC-BY-4.0"}})
    assert (report.balance.rows, report.balance.accepted, report.balance.candidates) == (70, 40, 35)
    assert report.balance.splits == {"train": 4}
    assert (report.subject.name, report.subject.version) == ("kettles", 1)
    assert report.subject.facts["Licence"] == "CC-BY-4.0"
    assert [(each.code, each.rows) for each in report.reasons] == [("length", 3)]


def test_checks_look_at_rows_that_came_so_far() -> None:
    recipe = {**RECIPE, "checks": [{"kind": "length", "column": "answer", "name": "length", "min_words": 2}]}
    rows = rows_of(14)
    check = reported(rows, recipe).checks[0]
    reached = [row for row in rows if row.fate in {RowFate.ACCEPTED, RowFate.SURPLUS, RowFate.REJECTED}]
    turned_away = [row for row in rows if row.reasons]
    assert check.failed == len(turned_away)
    assert check.looked_at == len(reached) + sum(row.fate is RowFate.FAILED for row in turned_away)
    assert check.parameters == {"min_words": "2"}


def test_rows_that_say_the_same_point_at_the_one_that_was_kept() -> None:
    rows = rows_of(2)
    reason = Reason(code="duplicate", message="It says what row 0 says.", column="answer", row="0")
    twin = DatasetRow(candidate=9, item=0, fate=RowFate.REJECTED, values=rows[0].values, reasons=(reason,))
    found = reported([*rows, twin], dict(RECIPE)).duplicates
    assert found is not None
    assert [(cluster.keeper, cluster.members[0].row) for cluster in found.largest] == [("0", "9")]


def test_topics_are_told() -> None:
    topics = {
        "rows": 4,
        "unknown": 0,
        "leaves": 3,
        "covered": 2,
        "evenness": 0.5,
        "entropy_bits": 1.0,
        "branches": [],
        "without_rows": [["drinks", "milk"]],
    }
    report = reported(rows_of(7), RECIPE, extra={"topics": topics})
    assert [(each.name, each.covered, each.listed[0].labels) for each in report.coverage] == [
        ("topics", 2, ["drinks / milk"]),
    ]


def test_costs_are_told_by_accepted_row_where_all_prices_are_known() -> None:
    usage = Usage(prompt_tokens=900, completion_tokens=100)
    priced = ModelUse(model="a", calls=9, reused=0, usage=usage, cost=0.5)
    found = cost_figures([priced, priced], accepted=20)
    assert found is not None
    assert (found.total, found.tokens_per_accepted_row) == (1.0, 100)
    assert found.per_accepted_row == pytest.approx(0.05)
    unknown = cost_figures([priced, ModelUse(model="b", calls=1, reused=0, usage=usage)], accepted=20)
    assert unknown is not None
    assert (unknown.total, unknown.per_accepted_row) == (None, None)
    assert cost_figures([], accepted=20) is None
    nothing = cost_figures([priced], accepted=0)
    assert nothing is not None
    assert nothing.per_accepted_row is None


def test_what_personal_data_was_flagged_in_is_not_shown() -> None:
    check = {"kind": "pii", "column": "answer", "action": "flag", "key": "mine"}
    report = reported(rows_of(14), {**RECIPE, "checks": [check]})
    assert {row["answer"] for row in report.examples} == {"(not shown)"}
    assert dict(report.checks[0].parameters) == {"action": "flag"}
    other = reported(rows_of(14), {**RECIPE, "checks": [{**check, "action": "redact"}]})
    assert "word" in other.examples[0]["answer"]


def test_judges_are_compared_over_all_rows_that_they_judged() -> None:
    columns: dict[str, Any] = {"grade": {"kind": "judge", "scores": {"clarity": {}}, "models": ["x", "y"]}}
    judges = {"x": {"score": 2}, "y": {"score": 4}}
    rows = [
        DatasetRow(
            candidate=number,
            item=0,
            fate=RowFate.REJECTED if number % 2 else RowFate.ACCEPTED,
            values={"grade": {"clarity": {"score": 3.0, "judges": judges}}},
        )
        for number in range(6)
    ]
    report = reported(rows, {**RECIPE, "columns": columns})
    assert [(panel.judge, panel.rows, panel.spread) for panel in report.panels] == [("grade.clarity", 6, 2.0)]
    assert (report.pairs, report.rankings) == ([], [])
