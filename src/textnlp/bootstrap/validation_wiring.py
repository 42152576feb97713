"""What looks at rows, wired without a platform."""

import contextlib
from collections.abc import Callable, Generator, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

import textnlp
from textnlp.adapters.dataset_files.json_lines import decode_line
from textnlp.adapters.dataset_files.row_spool import TemporaryRowSpool
from textnlp.adapters.dataset_files.verdict_folder import REPORT, LocalVerdictFiles
from textnlp.adapters.documents.yaml_document import YamlDocument
from textnlp.adapters.engines.llama_server import usable_cores
from textnlp.adapters.prompt_files.record_opener import open_records
from textnlp.adapters.reports.quality_page import render_report
from textnlp.adapters.row_checkers.process_pool import ProcessPoolChecks
from textnlp.application.validate_rows import Looker, RowJudge, validate_rows
from textnlp.application.validation_ports import ValidatedFile
from textnlp.bootstrap.asking import Asking
from textnlp.bootstrap.check_hold import CheckHold, outside_of
from textnlp.domain.errors import invalid_input
from textnlp.domain.reports.validation_report import ValidationReport
from textnlp.domain.validation.checks_file import ChecksFile, usual_checks
from textnlp.domain.validation.operators import MakeOutside
from textnlp.domain.validation.record import Record
from textnlp.domain.validation.sent_checks import SentChecks, sent_checks
from textnlp.domain.validation.summary import ValidationSummary
from textnlp.ports.record_source import RecordSource
from textnlp.settings import Settings, decline_usage_reports

__all__ = [
    "PoolLooker",
    "find_text_columns",
    "open_judge",
    "open_records",
    "open_sent_judge",
    "ray_cluster",
    "read_checks",
    "read_sent_checks",
    "require_sent_checks",
    "usual_checks",
    "validate_file",
]

PoolLooker = Callable[[SentChecks | None], Looker]
"""Looks at rows on a pool, by checks that were sent; raises `INVALID_INPUT` where they cannot be."""

JudgeOpener = Callable[[ChecksFile, Path], AbstractContextManager[RowJudge]]
"""Opens what judges rows by checks, with a folder for what takes room."""

_WORTH_BYTES = 8 << 20
"""From this size on, starting processes costs less than it saves."""
_LOOKED_AT = 200
_TEXT_CHARACTERS = 20
_LOOK_SECONDS = 600.0
"""How long one check may wait for somebody's answers about a few thousand rows, for a worker on whom nobody waits."""


def read_checks(path: Path) -> ChecksFile:
    """Read a file of checks; raises `INVALID_INPUT` with file, line, column and the nearest key, and `NOT_FOUND`."""
    return YamlDocument(path).validated(ChecksFile)


def read_sent_checks(sent: Mapping[str, Any]) -> ChecksFile:
    """Read checks that somebody sent; raises `INVALID_INPUT` with the path and the nearest key."""
    checks = YamlDocument("checks", text="{}").replaced(dict(sent), origins={(): "checks"}).validated(ChecksFile)
    if checks.duplicates is not None and checks.duplicates.against:
        raise invalid_input("Files of this machine cannot be named from elsewhere.", field="checks.duplicates.against")
    return checks


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


@contextlib.contextmanager
def open_judge(
    checks: ChecksFile, folder: Path, *, base: Path, settings: Settings, ray: Any | None = None
) -> Generator[RowJudge]:
    """Return what judges rows; files that checks name lie in `base`, and what takes room is kept in `folder`.

    What repeats what is found on the cluster of `ray` where there is one.
    """
    from textnlp.bootstrap.duplicate_wiring import (  # noqa: PLC0415  NumPy and Polars, for these checks alone
        corpus_index,
        prime_from_files,
    )

    with (
        outside_of(checks, settings, base=base) as outside,
        corpus_index(folder, ray=ray, settings=settings) as make_index,
    ):
        judge = RowJudge(checks, outside=outside, make_index=make_index)
        if judge.duplicates is not None and checks.duplicates is not None:
            prime_from_files(judge.duplicates, checks.duplicates, base)
        yield judge


@contextlib.contextmanager
def open_sent_judge(checks: ChecksFile, folder: Path, *, outside: CheckHold | None) -> Generator[RowJudge]:
    """Return what judges rows by checks that somebody sent, who names no file and no key of this machine.

    Raises `INVALID_INPUT` with its place for a check that cannot be asked.
    """
    from textnlp.bootstrap.duplicate_wiring import corpus_index  # noqa: PLC0415  as above

    with corpus_index(folder) as make_index:
        yield RowJudge(checks, field="checks.", outside=_confined(outside), make_index=make_index)


def require_sent_checks(sent: Mapping[str, Any], *, outside: CheckHold | None) -> None:
    """Raise `INVALID_INPUT` with its place for checks that a worker could not look at rows for."""
    RowJudge(read_sent_checks(sent), field="checks.", outside=_confined(outside))


def _confined(outside: CheckHold | None) -> MakeOutside | None:
    return None if outside is None else outside.maker(Asking(is_confined=True, look_seconds=_LOOK_SECONDS))


def validate_file(  # noqa: PLR0913  what is looked at and how, each a fact of its own
    source: Path,
    out: Path,
    *,
    checks: ChecksFile | None,
    open_judge: JudgeOpener,
    at: datetime,
    name: str | None = None,
    processes: int | None = None,
    ray: Any | None = None,
    pool: PoolLooker | None = None,
    on_progress: Callable[[ValidationSummary], None] | None = None,
) -> ValidatedFile:
    """Look at a file or folder of rows, and leave the files of `textnlp validate` in `out`, as `FileValidator` says.

    `at` is the moment that the page shows. Without `processes` there are as many as pay; with `ray` or `pool`
    its machines look; the latter raises as `look_on_pool` does.
    """
    wanted = checks or usual_checks(find_text_columns(open_records(source)))
    records, told = open_records(source, numbers=wanted.number_columns()), ValidationReport(wanted)
    called = name or records.name
    with (
        LocalVerdictFiles(out) as files,
        open_judge(wanted, out) as judge,
        _looker(wanted, judge, records, processes=processes, ray=ray, pool=pool) as look,
        TemporaryRowSpool(out) as spool,
    ):
        summary = validate_rows(records, judge, [files, told], spool=spool, look=look, on_progress=on_progress)
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
def _looker(
    checks: ChecksFile,
    judge: RowJudge,
    source: RecordSource,
    *,
    processes: int | None = None,
    ray: Any | None = None,
    pool: PoolLooker | None = None,
) -> Generator[Looker | None]:
    """Return what looks at rows on several cores or machines; None where one is enough for what there is to read.

    Checks that ask somebody are looked at in this process, whose connections they share.
    """
    sent = sent_checks(checks, judge.operators)
    count = processes or usable_cores()
    is_small = processes is None and source.size_bytes < _WORTH_BYTES
    if pool is not None:
        yield pool(sent)
    elif sent is not None and ray is not None:
        from textnlp.adapters.ray_engine.ray_checks import RayChecks  # noqa: PLC0415  as above

        yield RayChecks(ray, sent).look
    elif sent is None or count < 2 or is_small:  # noqa: PLR2004  two make several
        yield None
    else:
        with ProcessPoolChecks(sent, processes=count) as processes_here:
            yield processes_here.look


@contextlib.contextmanager
def ray_cluster(address: str | None) -> Generator[Any]:
    """Connect to a Ray cluster, or start one here; raises as `ray_session` does."""
    from textnlp.adapters.ray_engine.session import ray_session  # noqa: PLC0415  as above

    decline_usage_reports()
    with ray_session(address) as ray:
        yield ray
