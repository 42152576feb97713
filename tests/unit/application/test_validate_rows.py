import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from textnlp.adapters.dataset_files.row_spool import TemporaryRowSpool
from textnlp.application.validate_rows import RowJudge, validate_rows
from textnlp.domain.validation.checks_file import ChecksFile
from textnlp.domain.validation.record import BadRecord, Record
from textnlp.domain.validation.row_checks import CheckedRow
from textnlp.domain.validation.summary import ValidationSummary

CHECKS = ChecksFile.model_validate(
    {
        "checks": [{"kind": "length", "column": "text", "min_words": 2, "name": "long enough"}],
        "duplicates": {"columns": ["text"], "threshold": 1},
    }
)


class Rows:
    """A source of rows that are given; None stands for one that cannot be read."""

    def __init__(self, values: Sequence[Mapping[str, Any] | None]) -> None:
        self._values = values
        self.name, self.size_bytes = "rows", len(values)

    def records(self) -> Iterator[Record | BadRecord]:
        for number, values in enumerate(self._values, 1):
            if values is None:
                yield BadRecord(number=number, file="rows", line=number, message="It is no JSON.")
            else:
                yield Record(number=number, file="rows", line=number, values=values)


class Files:
    """Keeps what it is handed."""

    def __init__(self) -> None:
        self.accepted: list[int] = []
        self.rejected: dict[int, list[str]] = {}
        self.bad: list[int] = []

    def add(self, record: Record, checked: CheckedRow) -> None:
        if checked.reasons:
            self.rejected[record.number] = [reason.code for reason in checked.reasons]
        else:
            self.accepted.append(record.number)

    def add_bad(self, record: BadRecord) -> None:
        self.bad.append(record.number)

    def finish(self, report: Mapping[str, Any], page: bytes) -> Sequence[str]:
        return [*report, page.decode()]


def validated(rows: Sequence[Mapping[str, Any] | None], checks: ChecksFile, files: Files) -> ValidationSummary:
    with tempfile.TemporaryDirectory() as folder, TemporaryRowSpool(Path(folder)) as spool:
        return validate_rows(Rows(rows), RowJudge(checks), [files], spool=spool)


def test_every_row_is_handed_on_and_the_balance_adds_up() -> None:
    rows = [{"text": "two words"}, None, {"text": "one"}, {"text": "Two  WORDS"}, {"text": None}, {"other": 1}]
    files = Files()
    summary = validated(rows, CHECKS, files)

    assert files.accepted == [1, 5, 6]
    assert files.rejected == {3: ["long enough"], 4: ["duplicate"]}
    assert files.bad == [2]
    assert (summary.rows, summary.accepted, summary.rejected, summary.failed) == (6, 3, 2, 1)
    assert summary.document()["reasons"][1]["examples"] == [
        {"row": 4, "message": "It says what row 1 says (rows, line 1)."}
    ]


def test_a_row_that_fails_keeps_no_other_from_passing() -> None:
    checks = ChecksFile.model_validate(
        {"checks": [{"kind": "range", "column": "stars", "low": 1}], "duplicates": {"columns": ["text"]}}
    )
    files = Files()
    rows = [{"text": "the very same words", "stars": 0}, {"text": "the very same words", "stars": 1}]
    validated(rows, checks, files)
    assert files.accepted == [2]


@given(st.lists(st.one_of(st.none(), st.sampled_from(["a", "b c", "d e f"])), max_size=30))
def test_the_balance_adds_up_whatever_the_rows(texts: list[str | None]) -> None:
    files = Files()
    summary = validated([None if text is None else {"text": text} for text in texts], CHECKS, files)
    assert summary.rows == len(texts) == summary.accepted + summary.rejected + summary.failed
    assert summary.accepted == len(set(texts) & {"b c", "d e f"})
    assert (len(files.accepted), len(files.rejected), len(files.bad)) == (
        summary.accepted,
        summary.rejected,
        summary.failed,
    )
