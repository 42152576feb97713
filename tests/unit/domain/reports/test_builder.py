import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.datasets.model import RowFate
from textnlp.domain.reports.builder import ColumnLabel, ReportBuilder, ReportOptions, declared
from textnlp.domain.reports.check_tally import CheckSubject
from textnlp.domain.reports.judged_row import JudgedRow
from textnlp.domain.reports.model import QualityReport, Subject
from textnlp.domain.reports.record import decode_report, encode_report
from textnlp.domain.validation.reason import Overlap, Reason

_SUBJECT = Subject(kind="validation", name="rows.jsonl")
_LENGTH = CheckSubject(code="length:text", kind="length", column="text")
_REQUIRED = CheckSubject(code="required:text", kind="required", column="text")
_PII = CheckSubject(code="pii:text", kind="pii", column="text", hides_values=True)


def reason(code: str, column: str | None = "text", **more: Any) -> Reason:
    return Reason(code=code, message=f"{column} fails {code}.", column=column, **more)


def built(rows: list[JudgedRow], *, size: int = 7, options: ReportOptions | None = None) -> QualityReport:
    builder = ReportBuilder(options or ReportOptions(checks=[_LENGTH, _REQUIRED, _PII]))
    for begin in range(0, len(rows), size):
        builder.add(rows[begin : begin + size])
    return builder.report(_SUBJECT)


def row(number: int, text: str | None, *reasons: Reason, **more: object) -> JudgedRow:
    fate = RowFate.REJECTED if reasons else RowFate.ACCEPTED
    known: dict[str, object] = {"values": {"text": text}, "fate": fate, "reasons": reasons}
    return JudgedRow(id=str(number), **{**known, **more})  # pyright: ignore[reportArgumentType]  fields by name


@given(st.lists(st.sampled_from(list(RowFate)), max_size=40), st.integers(1, 9))
def test_fates_add_up_and_columns_are_of_accepted_rows(fates: list[RowFate], size: int) -> None:
    rows = [JudgedRow(id=str(number), values={"n": number}, fate=fate) for number, fate in enumerate(fates)]
    report = built(rows, size=size)
    balance = report.balance
    assert balance.rows == balance.accepted + balance.rejected + balance.failed + balance.surplus == len(fates)
    assert [column.rows for column in report.columns] == ([balance.accepted] if balance.accepted else [])


def test_a_check_tells_what_it_looked_at_and_what_failed() -> None:
    rows = [row(number, "some words") for number in range(6)]
    rows += [row(6, None, reason("required:text")), row(7, "a", reason("length:text"), reason("other"))]
    rows += [row(8, None, fate=RowFate.FAILED, is_checked=False, reasons=(reason("timeout"),))]
    report = built(rows)
    found = {check.code: (check.looked_at, check.failed) for check in report.checks}
    assert found == {"length:text": (7, 1), "required:text": (8, 1), "pii:text": (7, 0)}
    length = report.checks[0]
    assert length.pass_rate == pytest.approx(6 / 7)
    assert [(each.row, each.value) for each in length.examples] == [("7", "a")]
    counted = {each.code: each.rows for each in report.reasons}
    assert counted == {"required:text": 1, "length:text": 1, "timeout": 1}


def test_examples_are_few_and_the_same_however_rows_come() -> None:
    rows = [row(number, f"text {number}", reason("length:text")) for number in range(200)]
    one, other = built(rows, size=200), built(rows, size=13)
    assert one == other
    assert len(one.checks[0].examples) == 3
    assert one.checks[0].failed == 200


def test_scores_and_flags_are_told_by_check() -> None:
    rows = [
        row(number, "some words", scores={"length:text": number / 100}, flags=(reason("length:text"),) * 2)
        for number in range(101)
    ]
    check = built(rows).checks[0]
    assert check.flagged == 101
    assert check.scores is not None
    assert (check.scores.count, check.scores.low, check.scores.high) == (101, 0, 1)
    assert check.scores.median == pytest.approx(0.5, rel=0.01)


def test_personal_data_is_counted_and_never_shown() -> None:
    address = "anna@example.org"
    rows = [row(number, address, reason("pii:text", counts={"email": 2})) for number in range(3)]
    rows += [row(3, address, reason("length:text"), reason("pii:text")), row(4, address, flags=(reason("pii:text"),))]
    rows += [row(5, address, reason("duplicate", row="4"), reason("pii:text"))]
    overlap = Overlap(kind="leakage", source="seed 1", words=9, text=address)
    rows += [row(6, address, reason("leakage", overlap=overlap), flags=(reason("pii:text"),))]
    rows += [
        row(number, address, flags=(reason("pii:text", counts={"email": 1, "phone": 1}),)) for number in range(7, 12)
    ]
    report = built(rows)
    assert [(each.type, each.rows, each.findings) for each in report.personal_data] == [
        ("email", 8, 11),
        ("phone", 5, 5),
    ]
    assert address not in encode_report(report).decode()
    assert any("Personal data" in notice.message for notice in report.notices)


def test_columns_that_are_hidden_are_counted_and_never_shown() -> None:
    options = ReportOptions(checks=[_LENGTH], hidden_columns=frozenset({"text"}))
    rows = [row(number, "anna@example.org", values={"text": "anna@example.org", "n": 1}) for number in range(30)]
    rows.append(row(30, "anna@example.org", reason("length:text"), reason("duplicate", row="1")))
    report = built(rows, options=options)
    assert "anna" not in encode_report(report).decode()
    assert report.examples[0] == {"text": "(not shown)", "n": "1"}
    assert report.duplicates is not None
    assert report.duplicates.largest[0].keeper == "1"


def test_duplicates_are_told_by_keeper_the_largest_cluster_first() -> None:
    rows = [row(0, "a b"), row(1, "c d")]
    for number, keeper in enumerate(["1", "0", "1", "1", "1"], start=2):
        rows.append(row(number, f"row {number}", reason("duplicate", row=keeper, similarity=0.9)))
    found = built(rows).duplicates
    assert found is not None
    assert (found.removed, found.clusters) == (5, 2)
    assert [(cluster.keeper, cluster.removed) for cluster in found.largest] == [("1", 4), ("0", 1)]
    first = found.largest[0].members[0]
    assert (first.row, first.similarity, first.text) == ("2", 0.9, "row 2")
    assert len(found.largest[0].members) == 3


def test_overlaps_are_told_where_they_were_looked_for_or_found() -> None:
    copied = Overlap(kind="contamination", source="tests.jsonl:4", words=15, text="so long")
    options = ReportOptions(has_overlaps=["leakage"])
    report = built([row(1, "x", reason("contamination", overlap=copied)), row(2, "y")], options=options)
    found = {each.kind: (each.rows, each.longest_words, each.looked_at) for each in report.overlaps}
    assert found == {"contamination": (1, 15, 2), "leakage": (0, 0, 2)}
    assert any("repeat a benchmark" in notice.message for notice in report.notices)


def test_columns_come_by_their_labels_and_objects_by_their_fields() -> None:
    values = {"b": "x", "judge": {"score": {"score": 4, "reason": "clear"}}, "a": 1}
    builder = ReportBuilder()
    builder.add([JudgedRow(id=str(number), values=values, fate=RowFate.ACCEPTED) for number in range(4)])
    builder.add([JudgedRow(id="4", values={"a": 2, "late": True}, fate=RowFate.ACCEPTED)])
    labels = {"a": ColumnLabel(type="int64", kind="category"), "judge": ColumnLabel(type="struct", kind="judge")}
    columns = builder.report(_SUBJECT, labels=labels).columns
    assert [(column.name, column.kind) for column in columns] == [
        *(("a", "category"), ("judge.score.score", "judge"), ("judge.score.reason", "judge"), ("b", ""), ("late", "")),
    ]
    assert {column.rows for column in columns} == {5}
    assert {column.name: column.nulls for column in columns if column.nulls} == {
        "judge.score.score": 1,
        "judge.score.reason": 1,
        "b": 1,
        "late": 4,
    }


def test_a_report_is_read_back_as_it_was_written() -> None:
    draw = random.Random(2)
    rows = [row(number, " ".join(draw.choices("abcdefgh", k=12))) for number in range(40)]
    report = built([*rows, row(40, "\ud800 half", reason("length:text"))])
    assert decode_report(encode_report(report)) == report


def test_reasons_without_number_are_counted_together() -> None:
    rows = [row(number, "x", reason(f"code {number}")) for number in range(1_200)]
    report = built(rows, size=500)
    assert sum(each.rows for each in report.reasons) == 1_200
    assert report.reasons[0].code == "other reasons"


def test_rows_that_could_not_be_read_are_counted() -> None:
    builder = ReportBuilder()
    builder.add_failed(3, code="unreadable", example="Line 4 is no JSON.")
    report = builder.report(_SUBJECT)
    assert (report.balance.rows, report.balance.failed) == (3, 3)
    assert [(each.code, each.rows) for each in report.reasons] == [("unreadable", 3)]


def test_checks_of_one_code_are_counted_together_and_hide_what_one_of_them_hides() -> None:
    one = CheckSubject(code="x", kind="length", column="text")
    other = CheckSubject(code="x", kind="pii", column="text", hides_values=True)
    found = declared([one, _LENGTH, other])
    assert [(subject.code, subject.hides_values) for subject in found] == [("x", True), ("length:text", False)]
