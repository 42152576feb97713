from datetime import UTC, datetime
from typing import Any

import msgspec

from textnlp.application.validate_rows import RowJudge
from textnlp.domain.identifiers import ValidationId
from textnlp.domain.reports.validation_figures import ValidationFigures, encode_figures, validation_figures
from textnlp.domain.reports.validation_report import ValidationReport
from textnlp.domain.validation.checks_file import ChecksFile
from textnlp.domain.validation.record import BadRecord, Record
from textnlp.domain.validation.stored_validation import StoredValidation, ValidationKind
from textnlp.domain.validation.summary import ValidationSummary

CHECKS = ChecksFile.model_validate(
    {
        "checks": [
            {"kind": "length", "column": "text", "min_words": 2},
            {"kind": "repetition", "column": "text"},
        ],
        "duplicates": {"columns": ["text"], "threshold": 1},
    }
)
LONG = "It boils two litres of water in three minutes and then switches itself off, so that nobody has to wait for it."
TEXTS = [LONG, "Short", LONG, None]
OF = StoredValidation(
    id=ValidationId("val_1"),
    kind=ValidationKind.FILE,
    name="rows.jsonl",
    source="x",
    asked_at=datetime(2026, 3, 1, tzinfo=UTC),
)


def figures() -> dict[str, Any]:
    judge, report, summary = RowJudge(CHECKS), ValidationReport(CHECKS), ValidationSummary()
    records = [Record(number=n, file="f", line=n, values={"text": text}) for n, text in enumerate(TEXTS, 1)]
    for record, row in zip(records, judge.judge(records), strict=True):
        summary.add(record, row)
        report.add(record, row)
    summary.add_bad()
    report.add_bad(BadRecord(number=5, file="f", line=5, message="It is no JSON."))
    return msgspec.json.decode(encode_figures(validation_figures(OF, summary, report.report("rows"), seconds=1.23456)))


def test_each_check_has_its_rate_of_the_rows_that_it_looked_at() -> None:
    told = figures()
    rates = {each["check"]: (each["looked_at"], each["failed"], each["pass_rate"]) for each in told["checks"]}
    assert rates["length:text"] == (3, 1, 0.666667)
    assert rates["repetition:text"][1:] == (0, 1.0)
    assert rates["duplicate"] == (4, 1, 0.75)
    assert (told["rows"], told["accepted"], told["rejected"], told["failed"]) == (5, 2, 2, 1)
    assert (told["seconds"], told["pass_rate"], told["asked_at"]) == (1.235, 0.4, "2026-03-01T00:00:00+00:00")


def test_scores_have_their_quantiles_in_order() -> None:
    (scores,) = [each["scores"] for each in figures()["checks"] if each["check"] == "repetition:text"]
    assert scores["low"] <= scores["p05"] <= scores["median"] <= scores["p95"] <= scores["high"]
    assert scores["count"] > 0


def test_the_schema_names_what_there_is() -> None:
    assert set(figures()) == {field.encode_name for field in msgspec.structs.fields(ValidationFigures)}
