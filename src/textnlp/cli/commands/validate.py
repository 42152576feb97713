"""`textnlp validate`: looks at rows of any origin."""

import contextlib
import json
import sys
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from textnlp.bootstrap.checks_document import read_checks
from textnlp.bootstrap.clock import SYSTEM_CLOCK
from textnlp.bootstrap.validation_wiring import (
    PoolLooker,
    find_text_columns,
    open_judge,
    open_records,
    ray_cluster,
    usual_checks,
    validate_file,
)
from textnlp.cli.exit_codes import ExitCode
from textnlp.cli.remote_validation import RemoteOrder, validate_on_server
from textnlp.cli.validation_listing import ValidationProgress, print_summary
from textnlp.domain.errors import invalid_input
from textnlp.domain.validation.checks_file import ChecksFile
from textnlp.settings import read_settings


class _Engine(StrEnum):
    LOCAL = "local"
    RAY = "ray"


class _Machines(StrEnum):
    HERE = "here"
    BATCH = "batch"


_Against = Annotated[
    list[Path] | None, typer.Option(help="Earlier rows, a file or a folder, which none may repeat; may be repeated.")
]
_FailUnder = Annotated[
    float | None, typer.Option(min=0, max=1, metavar="RATE", help="End with 4 where fewer rows are good.")
]
_Processes = Annotated[int | None, typer.Option(min=1, max=256, help="Processes; the machine's cores if unset.")]
_On = Annotated[
    _Machines, typer.Option("--on", help="This machine, or a pool of Azure Batch: TEXTNLP_BATCH_URL and _POOL.")
]
_RayAddress = Annotated[str | None, typer.Option(metavar="ADDRESS", help="The cluster; one is started here if unset.")]
_Server = Annotated[str | None, typer.Option(help="Platform whose workers look at the rows of a file; here if unset.")]


def validate(
    source: Annotated[
        Path, typer.Argument(metavar="INPUT", help="JSON Lines, JSON, CSV, Parquet, text, or a folder of them.")
    ],
    *,
    out: Annotated[Path, typer.Option(help="Folder for accepted.jsonl, rejected.jsonl, report.html and report.json.")],
    checks: Annotated[Path | None, typer.Option(help="File of checks; the usual ones for texts where unset.")] = None,
    columns: Annotated[
        list[str] | None, typer.Option("--column", help="Column of texts, for the usual checks; may be repeated.")
    ] = None,
    against: _Against = None,
    fail_under: _FailUnder = None,
    processes: _Processes = None,
    engine: Annotated[_Engine, typer.Option(help="This machine, or the machines of a Ray cluster.")] = _Engine.LOCAL,
    ray_address: _RayAddress = None,
    on: _On = _Machines.HERE,
    server: _Server = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress and no summary.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Say of every row whether it is good, and why not.

    Exit code 0: every row could be looked at; 3: some could not be read; 4: fewer are good than --fail-under wants.
    """
    options = _Options(engine=engine, ray_address=ray_address, on=on, processes=processes, against=against)
    with ValidationProgress(is_shown=not quiet and not as_json) as progress:
        if server is None:
            wanted = _with_earlier(_wanted(source, checks, columns), against or [])
            base = Path() if checks is None else checks.parent
            with options.means(base) as means:
                report, names = _validated(source, wanted, means, out=out, progress=progress)
        else:
            options.require_local()
            report, names = validate_on_server(server, RemoteOrder(source, out, _named(checks, columns)), progress)
    if as_json:
        sys.stdout.write(json.dumps(report) + "\n")
    elif not quiet:
        print_summary(report, names, out)
    _exit_for(report, fail_under)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Means:
    """Where files of checks lie, and on what rows are looked at."""

    base: Path
    processes: int | None
    ray: Any | None
    pool: PoolLooker | None


def _batch_pool() -> contextlib.AbstractContextManager[PoolLooker]:
    from textnlp.bootstrap.pool_wiring import batch_pool  # noqa: PLC0415  aiohttp and more, for a pool alone

    return batch_pool(read_settings())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Options:
    """Who is to look at the rows."""

    engine: _Engine
    ray_address: str | None
    on: _Machines
    processes: int | None
    against: list[Path] | None

    @contextlib.contextmanager
    def means(self, base: Path) -> Generator["_Means"]:
        """Reach the machines; refuse options that they have no use for."""
        is_ray, is_batch = self.engine is _Engine.RAY, self.on is _Machines.BATCH
        if is_batch:
            _refuse({"--processes": self.processes, "--engine": is_ray or None}, beside="--on batch")
        with (
            ray_cluster(self.ray_address) if is_ray else contextlib.nullcontext() as ray,
            _batch_pool() if is_batch else contextlib.nullcontext() as pool,
        ):
            yield _Means(base=base, processes=self.processes, ray=ray, pool=pool)

    def require_local(self) -> None:
        """Refuse what only looking at rows here has a use for."""
        cluster = self.engine if self.engine is _Engine.RAY else self.ray_address
        elsewhere = None if self.on is _Machines.HERE else self.on
        given = {"--processes": self.processes, "--against": self.against, "--engine": cluster, "--on": elsewhere}
        _refuse(given, beside="--server")


def _validated(
    source: Path, wanted: ChecksFile, means: _Means, *, out: Path, progress: ValidationProgress
) -> tuple[Mapping[str, Any], Sequence[str]]:
    done = validate_file(
        source,
        out,
        checks=wanted,
        open_judge=partial(open_judge, base=means.base, settings=read_settings(), ray=means.ray),
        at=SYSTEM_CLOCK.now(),
        processes=means.processes,
        ray=means.ray,
        pool=means.pool,
        on_progress=progress.show,
    )
    return done.document, done.names


def _wanted(source: Path, checks: Path | None, columns: list[str] | None) -> ChecksFile:
    return _named(checks, columns) or usual_checks(find_text_columns(open_records(source)))


def _named(checks: Path | None, columns: list[str] | None) -> ChecksFile | None:
    if checks is not None:
        return read_checks(checks)
    return usual_checks(columns) if columns else None


def _with_earlier(checks: ChecksFile, against: list[Path]) -> ChecksFile:
    """Let rows repeat none of some files either, wherever the checks lie."""
    if not against:
        return checks
    if checks.duplicates is None:
        raise invalid_input(
            "Rows are compared where `duplicates` says by what: it is not in the checks.", field="--against"
        )
    earlier = [*checks.duplicates.against, *(str(path.absolute()) for path in against)]
    return checks.model_copy(update={"duplicates": checks.duplicates.model_copy(update={"against": earlier})})


def _refuse(options: Mapping[str, object], *, beside: str) -> None:
    for name, value in options.items():
        if value is not None:
            raise invalid_input(f"{name} is for looking at rows here; leave it out with {beside}.", field=name)


def _exit_for(report: Mapping[str, Any], fail_under: float | None) -> None:
    rate = report["accepted"] / report["rows"] if report["rows"] else 0.0
    if fail_under is not None and rate < fail_under:
        typer.echo(f"{rate:.1%} of the rows are good, {fail_under:.1%} are wanted.", err=True)
        sys.exit(ExitCode.LIMIT)
    if report["failed"]:
        sys.exit(ExitCode.FAILED_ROWS)
