"""Dataset runs: listed, watched while their rows are made, paused, resumed, cancelled and extended."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath

from textnlp.api.caller import dataset_ports_of
from textnlp.api.openapi import described
from textnlp.api.schemas.dataset import DatasetExtend, read_dataset
from textnlp.application.change_run import cancel_run, extend_run, pause_run, resume_run
from textnlp.application.list_rounds import RunRounds
from textnlp.console.batch_pace import BatchPace
from textnlp.console.cause_watch import CauseWatch
from textnlp.console.live import live_part
from textnlp.console.page import page, render, send_on
from textnlp.console.query import read_filled_in, read_filters
from textnlp.domain.batches.model import Batch, FailureCause
from textnlp.domain.datasets.stored_run import RunState, StoredRun
from textnlp.domain.identifiers import RunId
from textnlp.topology.scopes import READ, WRITE

_RUNS = "/console/runs"
_RUN = f"{_RUNS}/{{run_id:str}}"
_SECTION = "runs"
_A_PAGE = 50
_MOST_ROUNDS = 100
_STOPPABLE = (RunState.RUNNING, RunState.PAUSED, RunState.FAILED)
_RESUMABLE = (RunState.PAUSED, RunState.FAILED)
_EXTENDABLE = (RunState.COMPLETED, RunState.STOPPED)


class RunFilter(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Which runs are listed: those in a state, older than one."""

    state: RunState | None = None
    before: Annotated[str, msgspec.Meta(max_length=64)] | None = None


@get(_RUNS, opt=described(grant=READ))
async def list_runs(request: Request[Any, Any, Any]) -> Response[str]:
    """Show runs, newest first."""
    wanted = read_filters(request, RunFilter)
    found = await dataset_ports_of(request.scope).store.newest(
        before=None if wanted.before is None else RunId(wanted.before),
        states=None if wanted.state is None else [wanted.state],
        limit=_A_PAGE,
    )
    return page(
        request,
        "runs/list.html",
        section=_SECTION,
        title="Dataset runs",
        runs=[(run, read_dataset(run).progress) for run in found],
        states=list(RunState),
        state=wanted.state,
        before=wanted.before,
        next_before=found[-1].id if len(found) == _A_PAGE else None,
    )


@get(_RUN, opt=described(grant=READ))
async def show_run(request: Request[Any, Any, Any], run_id: FromPath[str]) -> Response[str]:
    """Show a run as it is; the page goes on to show it as it becomes."""
    ports = dataset_ports_of(request.scope)
    run = await ports.store.get(RunId(run_id))
    rounds = await RunRounds(ports.batches.ledger, run.id, limit=_MOST_ROUNDS).look()
    return page(
        request,
        "runs/show.html",
        section=_SECTION,
        title=run.name,
        **await _facts(request, run, rounds, BatchPace(), CauseWatch(ports.batches.ledger)),
    )


@get(f"{_RUN}/live", opt=described(grant=READ))
async def follow_run(request: Request[Any, Any, Any], run_id: FromPath[str]) -> Response[Any]:
    """Send the changing part of that page whenever it changes."""
    ports = dataset_ports_of(request.scope)
    run = await ports.store.get(RunId(run_id))
    rounds, pace = RunRounds(ports.batches.ledger, run.id, limit=_MOST_ROUNDS), BatchPace()
    causes = CauseWatch(ports.batches.ledger)

    async def look() -> tuple[str, bool]:
        latest = await ports.store.get(run.id)
        facts = await _facts(request, latest, await rounds.look(), pace, causes)
        return render(request, "runs/progress.html", **facts), latest.ended_at is not None

    return await live_part(look, ports.batches.clock)


@post(f"{_RUN}/pause", opt=described(grant=WRITE))
async def pause(request: Request[Any, Any, Any], run_id: FromPath[str]) -> Response[Any]:
    """Let nothing more be begun."""
    return _shown(request, await pause_run(dataset_ports_of(request.scope), RunId(run_id)))


@post(f"{_RUN}/resume", opt=described(grant=WRITE))
async def resume(request: Request[Any, Any, Any], run_id: FromPath[str]) -> Response[Any]:
    """Go on with a run that is paused or has failed."""
    return _shown(request, await resume_run(dataset_ports_of(request.scope), RunId(run_id)))


@post(f"{_RUN}/cancel", opt=described(grant=WRITE))
async def cancel(request: Request[Any, Any, Any], run_id: FromPath[str]) -> Response[Any]:
    """Give a run up; versions that it has left stay."""
    return _shown(request, await cancel_run(dataset_ports_of(request.scope), RunId(run_id)))


@post(f"{_RUN}/extend", opt=described(grant=WRITE))
async def extend(request: Request[Any, Any, Any], run_id: FromPath[str]) -> Response[Any]:
    """Make more rows, as the next version."""
    rows = (await read_filled_in(request, DatasetExtend)).rows
    return _shown(request, await extend_run(dataset_ports_of(request.scope), RunId(run_id), rows=rows))


def _shown(request: Request[Any, Any, Any], run: StoredRun) -> Response[Any]:
    return send_on(request, f"{_RUNS}/{run.id}")


async def _facts(
    request: Request[Any, Any, Any], run: StoredRun, rounds: Sequence[Batch], pace: BatchPace, causes: CauseWatch
) -> dict[str, Any]:
    ports = dataset_ports_of(request.scope)
    progress = read_dataset(run).progress
    now = ports.batches.clock.now()
    return {
        "run": run,
        "progress": progress,
        "done": min(progress.accepted, run.rows),
        "rounds": rounds,
        "reasons": progress.reasons or await _reasons(rounds, causes, now),
        "has_ended": run.ended_at is not None,
        "pace": pace.measure_rows(
            progress.accepted,
            left=max(0, run.rows - progress.accepted),
            begun_at=run.created_at,
            now=now,
            ended_at=run.ended_at,
        ),
        "can_pause": run.state is RunState.RUNNING,
        "can_resume": run.state in _RESUMABLE,
        "can_cancel": run.state in _STOPPABLE,
        "can_extend": run.state in _EXTENDABLE,
    }


async def _reasons(rounds: Sequence[Batch], causes: CauseWatch, now: datetime) -> Sequence[FailureCause]:
    """Return why rows of the latest round were turned away, until the run tells of all of them."""
    turned_away = [each for each in rounds if each.counts.rejected + each.counts.failed]
    return await causes.look(turned_away[-1], now=now) if turned_away else ()


PAGES = (list_runs, show_run, follow_run, pause, resume, cancel, extend)
