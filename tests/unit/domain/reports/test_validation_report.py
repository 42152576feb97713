from textnlp.domain.reports.record import encode_report
from textnlp.domain.reports.validation_report import ValidationReport
from textnlp.domain.validation.checks_file import ChecksFile
from textnlp.domain.validation.reason import Reason
from textnlp.domain.validation.record import BadRecord, Record
from textnlp.domain.validation.row_checks import RowChecks

_CHECKS = ChecksFile.model_validate(
    {
        "checks": [
            {"kind": "length", "column": "text", "min_words": 3},
            {"kind": "pii", "column": "text", "action": "redact", "key": "mine"},
            {"kind": "required", "column": "title"},
        ]
    }
)
_TEXTS = ["Write to anna@example.org about the kettle.", "Too short", "The kettle boils in three minutes.", None]


def test_rows_are_counted_with_what_checks_say_of_them() -> None:
    report = ValidationReport(_CHECKS)
    rows = [{"text": text, "title": "A title"} for text in _TEXTS]
    for number, (row, checked) in enumerate(zip(rows, RowChecks(_CHECKS.checks).look(rows), strict=True), 1):
        report.add(Record(number=number, file="a.jsonl", line=number, values=row), checked)
    report.add_bad(BadRecord(number=5, file="a.jsonl", line=5, message="It is no JSON."))
    found = report.report("a.jsonl", created="2026-03-01T12:00:00Z", generator="textnlp 1")
    balance = found.balance
    assert (balance.rows, balance.accepted, balance.rejected, balance.failed) == (5, 3, 1, 1)
    assert [(each.code, each.looked_at, each.failed, each.flagged) for each in found.checks] == [
        *(("length:text", 3, 1, 0), ("pii:text", 3, 0, 1), ("required:title", 4, 0, 0)),
    ]
    assert [(each.type, each.rows, each.findings) for each in found.personal_data] == [("email", 1, 1)]
    assert {each.code: each.example for each in found.reasons}["unreadable"] == "a.jsonl, line 5: It is no JSON."
    written = encode_report(found).decode()
    assert "anna" not in written
    assert "mine" not in written


def test_a_repetition_points_at_the_row_that_was_kept() -> None:
    report = ValidationReport(_CHECKS)
    row = {"text": "The kettle boils in three minutes.", "title": "A"}
    first, second = RowChecks(_CHECKS.checks).look([row, row])
    second.reasons.append(Reason(code="duplicate", message="It says what row 1 says.", row="1"))
    for number, checked in enumerate((first, second), 1):
        report.add(Record(number=number, file="a", line=number, values=row), checked)
    duplicates = report.report("a").duplicates
    assert duplicates is not None
    assert [(cluster.keeper, cluster.members[0].row) for cluster in duplicates.largest] == [("1", "2")]
