"""Datasets: submitted, listed, shown, followed, paused, resumed, cancelled, extended."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from textnlp.api.caller import dataset_ports_of
from textnlp.api.dependencies import services_of
from textnlp.api.event_stream import EVENT_STREAM, event_stream
from textnlp.api.followed import followed
from textnlp.api.openapi import described
from textnlp.api.request_body import read_document
from textnlp.api.schemas.dataset import (
    DatasetCreate,
    DatasetExtend,
    DatasetListQuery,
    DatasetPage,
    DatasetRead,
    read_dataset,
)
from textnlp.api.sent_recipe import submit_sent
from textnlp.api.text_fields import read_query
from textnlp.application.change_run import cancel_run, extend_run, pause_run, resume_run
from textnlp.application.dataset_ports import DatasetPorts
from textnlp.application.list_catalog import CatalogFilter, list_catalog
from textnlp.domain.datasets.stored_run import RunState, StoredRun
from textnlp.domain.errors import ErrorKind
from textnlp.domain.identifiers import RunId
from textnlp.topology.scopes import READ, WRITE

DATASETS = "/api/v1/datasets"
DATASET = f"{DATASETS}/{{dataset_id:str}}"
_LEFT = frozenset({RunState.COMPLETED, RunState.STOPPED, RunState.CANCELLED, RunState.FAILED})
_CONFLICT = (ErrorKind.CONFLICT,)


@post(
    DATASETS,
    status_code=HTTPStatus.ACCEPTED,
    summary="Make a dataset",
    opt=described(
        operation="submit_dataset",
        grant=WRITE,
        takes_idempotency_key=True,
        body=DatasetCreate,
        answer=DatasetRead,
        is_located=True,
        raises=(ErrorKind.NOT_FOUND,),
    ),
)
async def submit(request: Request[Any, Any, Any]) -> Response[DatasetRead]:
    """Look at the recipe and answer at once; its rows are made in the background, exactly as many as are wanted.

    Rows of seeds stand in the recipe itself, or in blobs of the tenant's; files of the platform's machine are refused.
    """
    services = services_of(request.scope)
    asked = await read_document(request, DatasetCreate, max_bytes=services.limits.max_request_body_bytes)
    run = await submit_sent(request.scope, asked)
    return Response(read_dataset(run), status_code=HTTPStatus.ACCEPTED, headers={"Location": f"{DATASETS}/{run.id}"})


@get(DATASETS, summary="List datasets", opt=described(grant=READ, query=DatasetListQuery, answer=DatasetPage))
async def list_datasets(request: Request[Any, Any, Any]) -> DatasetPage:
    """List datasets, newest first; of one call 2,000 are looked at for a tag, a license or a text, at most."""
    query = read_query(request, DatasetListQuery)
    before = None if query.before is None else RunId(query.before)
    ports = dataset_ports_of(request.scope)
    wanted = CatalogFilter(tag=query.tag, license=query.license, text=query.text)
    runs, next_before = await list_catalog(ports.store, ports.catalog.catalog, wanted, before=before, limit=query.limit)
    return DatasetPage(datasets=[read_dataset(run) for run in runs], next_before=next_before)


@get(DATASET, summary="Show a dataset", opt=described(grant=READ, answer=DatasetRead))
async def show_dataset(request: Request[Any, Any, Any], dataset_id: FromPath[str]) -> DatasetRead:
    """Show a dataset with its progress and its versions."""
    return read_dataset(await dataset_ports_of(request.scope).store.get(RunId(dataset_id)))


@get(
    f"{DATASET}/events",
    summary="Follow a dataset",
    opt=described(
        operation="follow_dataset",
        grant=READ,
        media_type=EVENT_STREAM,
        media_example=DatasetRead.EVENT,
        events={"progress": DatasetRead, "end": DatasetRead},
    ),
)
async def follow_run(request: Request[Any, Any, Any], dataset_id: FromPath[str]) -> Response[Any]:
    """Answer with an event `progress` at once and at every change, and `end` once the dataset has ended."""
    ports = dataset_ports_of(request.scope)
    run_id = RunId(dataset_id)

    def show_ended(run: StoredRun) -> DatasetRead | None:
        return read_dataset(run) if run.state in _LEFT else None

    events = followed(
        await ports.store.get(run_id),
        look=lambda: ports.store.get(run_id),
        show=read_dataset,
        show_ended=show_ended,
        clock=ports.batches.clock,
    )
    return event_stream(events)


@post(
    f"{DATASET}/pause",
    status_code=HTTPStatus.OK,
    summary="Pause a dataset",
    opt=described(operation="pause_dataset", grant=WRITE, answer=DatasetRead, raises=_CONFLICT),
)
async def pause(request: Request[Any, Any, Any], dataset_id: FromPath[str]) -> DatasetRead:
    """Let nothing more be begun; pausing it twice is harmless."""
    return await _changed(request, dataset_id, pause_run)


@post(
    f"{DATASET}/resume",
    status_code=HTTPStatus.OK,
    summary="Resume a dataset",
    opt=described(operation="resume_dataset", grant=WRITE, answer=DatasetRead, raises=_CONFLICT),
)
async def resume(request: Request[Any, Any, Any], dataset_id: FromPath[str]) -> DatasetRead:
    """Go on with a dataset that is paused or has failed; what was answered before is not asked again."""
    return await _changed(request, dataset_id, resume_run)


@post(
    f"{DATASET}/cancel",
    status_code=HTTPStatus.OK,
    summary="Cancel a dataset",
    opt=described(operation="cancel_dataset", grant=WRITE, answer=DatasetRead, raises=_CONFLICT),
)
async def cancel_dataset(request: Request[Any, Any, Any], dataset_id: FromPath[str]) -> DatasetRead:
    """Give a dataset up; versions that it has left stay, and cancelling it twice is harmless."""
    return await _changed(request, dataset_id, cancel_run)


@post(
    f"{DATASET}/extend",
    status_code=HTTPStatus.ACCEPTED,
    summary="Extend a dataset",
    opt=described(
        operation="extend_dataset",
        grant=WRITE,
        takes_idempotency_key=True,
        body=DatasetExtend,
        answer=DatasetRead,
        raises=_CONFLICT,
    ),
)
async def extend(request: Request[Any, Any, Any], dataset_id: FromPath[str]) -> DatasetRead:
    """Make more rows for a dataset that has ended, as its next version."""
    limits = services_of(request.scope).limits
    asked = await read_document(request, DatasetExtend, max_bytes=limits.max_request_body_bytes)
    return read_dataset(await extend_run(dataset_ports_of(request.scope), RunId(dataset_id), rows=asked.rows))


async def _changed(
    request: Request[Any, Any, Any], dataset_id: str, change: Callable[[DatasetPorts, RunId], Awaitable[StoredRun]]
) -> DatasetRead:
    return read_dataset(await change(dataset_ports_of(request.scope), RunId(dataset_id)))
