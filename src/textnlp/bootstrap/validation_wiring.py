"""What looks at rows, wired without a platform."""

import contextlib
from collections.abc import Callable, Generator, Mapping
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

import textnlp
from textnlp.adapters.dataset_files.json_lines import decode_line
from textnlp.adapters.dataset_files.verdict_folder import REPORT, LocalVerdictFiles
from textnlp.adapters.documents.yaml_document import YamlDocument
from textnlp.adapters.engines.llama_server import usable_cores
from textnlp.adapters.prompt_files.record_opener import open_records
from textnlp.adapters.reports.quality_page import render_report
from textnlp.adapters.row_checkers.process_pool import ProcessPoolChecks
from textnlp.application.validate_rows import Looker, RowJudge, validate_rows
from textnlp.application.validation_ports import ValidatedFile
from textnlp.domain.errors import invalid_input
from textnlp.domain.reports.validation_report import ValidationReport
from textnlp.domain.validation.checks_file import ChecksFile, usual_checks
from textnlp.domain.validation.record import Record
from textnlp.domain.validation.summary import ValidationSummary
from textnlp.ports.record_source import RecordSource

__all__ = ["find_text_columns", "open_records", "read_checks", "read_sent_checks", "usual_checks", "validate_file"]

_WORTH_BYTES = 8 << 20
"""From this size on, starting processes costs less than it saves."""
_LOOKED_AT = 200
_TEXT_CHARACTERS = 20


def read_checks(path: Path) -> ChecksFile:
    """Read a file of checks; raises `INVALID_INPUT` with file, line, column and the nearest key, and `NOT_FOUND`."""
    return YamlDocument(path).validated(ChecksFile)


def read_sent_checks(sent: Mapping[str, Any]) -> ChecksFile:
    """Read checks that somebody sent; raises `INVALID_INPUT` with the path and the nearest key."""
    return YamlDocument("checks", text="{}").replaced(dict(sent), origins={(): "checks"}).validated(ChecksFile)


def find_text_columns(source: RecordSource) -> list[str]:
    """Return the columns that hold texts rather than names and numbers, by the first rows; raises `INVALID_INPUT`."""
    lengths: dict[str, list[int]] = {}
    for record in islice(source.records(), _LOOKED_AT):
        if isinstance(record, Record):
            for name, value in record.values.items():
                if isinstance(value, str) and value.strip():
                    lengths.setdefault(name, []).append(len(value))
    found = [name for name, each in lengths.items() if sum(each) / len(each) >= _TEXT_CHARACTERS]
    if not found:
        raise invalid_input(
            f"{source.name} has no column of texts; name what is looked at in a file: --checks FILE.", field="checks"
        )
    return found


def validate_file(  # noqa: PLR0913  what is looked at and how, each a fact of its own
    source: Path,
    out: Path,
    *,
    checks: ChecksFile | None,
    name: str | None = None,
    at: datetime,
    processes: int | None = None,
    on_progress: Callable[[ValidationSummary], None] | None = None,
) -> ValidatedFile:
    """Satisfy `FileValidator`: look at a file or folder of rows, and leave the files of `textnlp validate` in `out`.

    `at` is the moment that the page shows. Without `processes` there are as many as pay.
    """
    wanted = checks or usual_checks(find_text_columns(open_records(source)))
    records = open_records(source, numbers=wanted.number_columns())
    judge, told, called = RowJudge(wanted), ValidationReport(wanted), name or records.name
    with LocalVerdictFiles(out) as files, _looker(wanted, records, processes=processes) as look:
        summary = validate_rows(records, judge, files, look=look, report=told, on_progress=on_progress)
        document = {
            "input": called,
            "checks": wanted.model_dump(mode="json", by_alias=True, exclude_unset=True),
            **summary.document(),
        }
        created, generator = at.isoformat(timespec="seconds"), f"textnlp {textnlp.__version__}"
        report = told.report(called, created=created, generator=generator)
        names = files.finish(document, render_report(report))
    written = decode_line((out / REPORT).read_bytes())
    return ValidatedFile(summary=summary, report=report, document=written, names=names)


@contextlib.contextmanager
def _looker(checks: ChecksFile, source: RecordSource, *, processes: int | None = None) -> Generator[Looker | None]:
    """Return what looks at rows on several cores; None where one is enough for what there is to read."""
    count = processes or usable_cores()
    if count < 2 or (processes is None and source.size_bytes < _WORTH_BYTES):  # noqa: PLR2004  two make several
        yield None
        return
    with ProcessPoolChecks(checks, processes=count) as pool:
        yield pool.look
