"""Batches: listed, submitted, watched while they run, and what became of every row."""

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath

from textnlp.api.batch_upload import submit_form
from textnlp.api.caller import ports_of
from textnlp.api.dependencies import services_of
from textnlp.api.openapi import described
from textnlp.api.upload_form import UploadForm
from textnlp.application.cancel_batch import cancel_batch
from textnlp.application.retry_batch import retry_batch
from textnlp.console.batch_pace import BatchPace
from textnlp.console.cause_watch import CauseWatch
from textnlp.console.live import live_part
from textnlp.console.page import page, render, send_on
from textnlp.console.query import filled_in, read_filters
from textnlp.domain.batches.model import Batch, BatchState
from textnlp.domain.batches.rules import TERMINAL_STATES
from textnlp.domain.errors import invalid_input
from textnlp.domain.identifiers import BatchId
from textnlp.domain.usage.price import cost_of
from textnlp.topology.scopes import READ, WRITE

_BATCHES = "/console/batches"
_BATCH = f"{_BATCHES}/{{batch_id:str}}"
_SECTION = "batches"
_A_PAGE = 50
_PROMPTS = "prompts"


class BatchFilter(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Which batches are listed: those in a state, older than one."""

    state: BatchState | None = None
    before: Annotated[str, msgspec.Meta(max_length=64)] | None = None


@get(_BATCHES, opt=described(grant=READ))
async def list_batches(request: Request[Any, Any, Any]) -> Response[str]:
    """Show batches, newest first."""
    wanted = read_filters(request, BatchFilter)
    found = await ports_of(request.scope).ledger.newest(
        before=None if wanted.before is None else BatchId(wanted.before),
        states=None if wanted.state is None else [wanted.state],
        limit=_A_PAGE,
    )
    return page(
        request,
        "batches/list.html",
        section=_SECTION,
        title="Batches",
        batches=found,
        states=list(BatchState),
        state=wanted.state,
        before=wanted.before,
        next_before=found[-1].id if len(found) == _A_PAGE else None,
    )


@get(f"{_BATCHES}/submit", opt=described(grant=WRITE))
async def ask_for_file(request: Request[Any, Any, Any]) -> Response[str]:
    """Show the form that takes a file of prompts."""
    platform = services_of(request.scope).platform
    return page(
        request,
        "batches/submit.html",
        section=_SECTION,
        title="Submit a batch",
        models=platform.engines.names,
        default_model=platform.default_model,
        filled={},
    )


@post(f"{_BATCHES}/submit", opt=described(grant=WRITE))
async def submit(request: Request[Any, Any, Any]) -> Response[Any]:
    """Take the file, or the prompts that were written into the form, and go to its batch."""
    batch = await submit_form(request, fields_of=_fields_of)
    services_of(request.scope).intake.add(batch)
    return send_on(request, f"{_BATCHES}/{batch.id}")


@get(_BATCH, opt=described(grant=READ))
async def show_batch(request: Request[Any, Any, Any], batch_id: FromPath[str]) -> Response[str]:
    """Show a batch as it is; the page goes on to show it as it becomes."""
    ledger = ports_of(request.scope).ledger
    batch = await ledger.get(BatchId(batch_id))
    facts = await _facts(request, batch, BatchPace(), CauseWatch(ledger))
    return page(request, "batches/show.html", section=_SECTION, title=batch.name, **facts)


@get(f"{_BATCH}/live", opt=described(grant=READ))
async def follow_batch(request: Request[Any, Any, Any], batch_id: FromPath[str]) -> Response[Any]:
    """Send the changing part of that page whenever it changes."""
    ports = ports_of(request.scope)
    pace, causes = BatchPace(), CauseWatch(ports.ledger)

    async def look() -> tuple[str, bool]:
        batch = await ports.ledger.get(BatchId(batch_id))
        text = render(request, "batches/progress.html", **await _facts(request, batch, pace, causes))
        return text, batch.state in TERMINAL_STATES

    return await live_part(look, ports.clock)


@post(f"{_BATCH}/cancel", opt=described(grant=WRITE))
async def cancel(request: Request[Any, Any, Any], batch_id: FromPath[str]) -> Response[Any]:
    """Stop a batch."""
    batch = await cancel_batch(ports_of(request.scope), BatchId(batch_id))
    return send_on(request, f"{_BATCHES}/{batch.id}")


@post(f"{_BATCH}/retry", opt=described(grant=WRITE))
async def retry(request: Request[Any, Any, Any], batch_id: FromPath[str]) -> Response[Any]:
    """Ask the failed and the unasked rows of a batch once more."""
    batch = await retry_batch(ports_of(request.scope), BatchId(batch_id))
    return send_on(request, f"{_BATCHES}/{batch.id}")


async def _facts(request: Request[Any, Any, Any], batch: Batch, pace: BatchPace, causes: CauseWatch) -> dict[str, Any]:
    counts, platform = batch.counts, services_of(request.scope).platform
    now, prices = platform.clock.now(), platform.gateway.prices
    return {
        "batch": batch,
        "counts": counts,
        "has_ended": batch.state in TERMINAL_STATES,
        "pace": pace.measure(batch, now=now),
        "causes": await causes.look(batch, now=now),
        "cost": cost_of(batch.usage, prices.find(batch.spec.model, on=now.date())),
        "can_retry": not batch.spec.is_job and bool(batch.slice_count) and bool(counts.failed + counts.pending),
    }


def _fields_of(form: UploadForm) -> list[tuple[str, str]]:
    """Return the fields that were filled in, with prompts among them put in the place of the file."""
    fields = dict(filled_in(form.fields))
    prompts = fields.pop(_PROMPTS, None)
    if prompts is not None:
        if form.file.tell():
            raise invalid_input("Choose a file, or write prompts: not both.", field=_PROMPTS)
        form.file.write(prompts.replace("\r\n", "\n").encode())
        form.file_name = "prompts.jsonl" if prompts.lstrip().startswith("{") else "prompts.txt"
    return list(fields.items())


PAGES = (list_batches, ask_for_file, submit, show_batch, follow_batch, cancel, retry)
