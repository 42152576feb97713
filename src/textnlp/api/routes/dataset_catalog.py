"""What is said of datasets: facts, tags, versions with their tombstones, and the history of all that."""

from http import HTTPStatus
from typing import Any, TypeVar

from litestar import Request, delete, get, patch, post, put
from litestar.params import FromPath

from textnlp.api.caller import dataset_ports_of, principal_of
from textnlp.api.dependencies import services_of
from textnlp.api.openapi import described
from textnlp.api.request_body import read_document
from textnlp.api.routes.datasets import DATASET
from textnlp.api.schemas.dataset_catalog import (
    CatalogVersionPage,
    DatasetActQuery,
    DatasetDeleteQuery,
    DatasetEventPage,
    DatasetEventsQuery,
    DatasetFactsChange,
    DatasetFactsRead,
    DatasetRollback,
    DatasetTagSet,
    TombstoneRead,
    read_event,
    read_facts,
    read_stone,
    read_versions,
)
from textnlp.api.text_fields import read_query
from textnlp.application.change_catalog import (
    CatalogedDataset,
    CatalogPorts,
    change_dataset_facts,
    delete_version,
    find_entry,
    roll_back_dataset,
    tag_version,
    untag_version,
)
from textnlp.domain.catalog.model import Act
from textnlp.domain.errors import ErrorKind, not_found
from textnlp.domain.identifiers import RunId
from textnlp.topology.scopes import READ, WRITE

_Shape = TypeVar("_Shape")
_TAG = f"{DATASET}/tags/{{tag:str}}"
_VERSIONS = f"{DATASET}/versions"
_CHANGES = (ErrorKind.CONFLICT, ErrorKind.GONE)


@get(f"{DATASET}/facts", summary="Show the facts of a dataset", opt=described(grant=READ, answer=DatasetFactsRead))
async def show_dataset_facts(request: Request[Any, Any, Any], dataset_id: FromPath[str]) -> DatasetFactsRead:
    """Show what people say of a dataset: tags, license, description, and how long it is kept."""
    ports, dataset = await _found(request, dataset_id)
    return read_facts(await find_entry(ports, dataset), dataset.versions)


@patch(
    f"{DATASET}/facts",
    summary="Change the facts of a dataset",
    opt=described(grant=WRITE, body=DatasetFactsChange, answer=DatasetFactsRead, raises=(ErrorKind.CONFLICT,)),
)
async def change_facts(request: Request[Any, Any, Any], dataset_id: FromPath[str]) -> DatasetFactsRead:
    """Change some facts, and leave the others; the history keeps who did so."""
    asked = await _body(request, DatasetFactsChange)
    ports, dataset = await _found(request, dataset_id)
    act = _act(request, ports, why=asked.why)
    return read_facts(await change_dataset_facts(ports, dataset, asked.given(), act=act), dataset.versions)


@get(
    _VERSIONS,
    summary="List the versions of a dataset",
    opt=described(operation="list_dataset_versions", grant=READ, answer=CatalogVersionPage),
)
async def list_dataset_versions(request: Request[Any, Any, Any], dataset_id: FromPath[str]) -> CatalogVersionPage:
    """List all versions with their tags, deleted ones with their tombstones."""
    ports, dataset = await _found(request, dataset_id)
    return read_versions(await find_entry(ports, dataset), dataset.versions)


@delete(
    f"{_VERSIONS}/{{version:str}}",
    status_code=HTTPStatus.OK,
    summary="Delete a version of a dataset",
    opt=described(
        operation="delete_dataset_version",
        grant=WRITE,
        query=DatasetDeleteQuery,
        answer=TombstoneRead,
        raises=_CHANGES,
    ),
)
async def delete_dataset_version(
    request: Request[Any, Any, Any], dataset_id: FromPath[str], version: FromPath[str]
) -> TombstoneRead:
    """Remove the files of a version, by its number, and leave a tombstone; what protects it is named."""
    query = read_query(request, DatasetDeleteQuery)
    ports, dataset = await _found(request, dataset_id)
    numbers = {str(number): number for number in dataset.numbers}
    if version not in numbers:
        raise not_found(f"{dataset.id} has no version {version!r}; there are {', '.join(numbers) or 'none'}.")
    act = _act(request, ports, why=query.why)
    stone = await delete_version(ports, dataset, version=numbers[version], act=act, is_forced=query.force)
    return read_stone(stone)


@put(
    _TAG,
    summary="Tag a version of a dataset",
    opt=described(grant=WRITE, body=DatasetTagSet, answer=DatasetFactsRead, raises=_CHANGES),
)
async def tag_dataset_version(
    request: Request[Any, Any, Any], dataset_id: FromPath[str], tag: FromPath[str]
) -> DatasetFactsRead:
    """Let a tag name a version; it is taken from another one only where the request says so."""
    asked = await _body(request, DatasetTagSet)
    ports, dataset = await _found(request, dataset_id)
    act = _act(request, ports, why=asked.why)
    entry = await tag_version(ports, dataset, tag=tag, version=asked.version, act=act, is_moved=asked.move)
    return read_facts(entry, dataset.versions)


@delete(
    _TAG,
    status_code=HTTPStatus.OK,
    summary="Remove a tag of a dataset",
    opt=described(grant=WRITE, query=DatasetActQuery, answer=DatasetFactsRead, raises=(ErrorKind.CONFLICT,)),
)
async def remove_dataset_tag(
    request: Request[Any, Any, Any], dataset_id: FromPath[str], tag: FromPath[str]
) -> DatasetFactsRead:
    """Remove a tag; the version that it names stays."""
    query = read_query(request, DatasetActQuery)
    ports, dataset = await _found(request, dataset_id)
    entry = await untag_version(ports, dataset, tag=tag, act=_act(request, ports, why=query.why))
    return read_facts(entry, dataset.versions)


@post(
    f"{DATASET}/rollback",
    status_code=HTTPStatus.OK,
    summary="Roll a dataset back",
    opt=described(grant=WRITE, body=DatasetRollback, answer=DatasetFactsRead, raises=_CHANGES),
)
async def roll_back(request: Request[Any, Any, Any], dataset_id: FromPath[str]) -> DatasetFactsRead:
    """Let an earlier version be the current one; no file changes, and the history keeps who did so and why."""
    asked = await _body(request, DatasetRollback)
    ports, dataset = await _found(request, dataset_id)
    act = _act(request, ports, why=asked.why)
    return read_facts(await roll_back_dataset(ports, dataset, to=asked.version, act=act), dataset.versions)


@get(
    f"{DATASET}/history",
    summary="List what was done to a dataset",
    opt=described(grant=READ, query=DatasetEventsQuery, answer=DatasetEventPage),
)
async def list_dataset_events(request: Request[Any, Any, Any], dataset_id: FromPath[str]) -> DatasetEventPage:
    """List who moved tags, rolled back, changed facts or deleted versions, when and why, the oldest first."""
    query = read_query(request, DatasetEventsQuery)
    ports, dataset = await _found(request, dataset_id)
    events = await ports.catalog.events(dataset.id, after=query.after, limit=query.limit)
    return DatasetEventPage(
        events=[read_event(event) for event in events],
        next_after=events[-1].position if len(events) == query.limit else None,
    )


async def _found(request: Request[Any, Any, Any], dataset_id: str) -> tuple[CatalogPorts, CatalogedDataset]:
    ports = dataset_ports_of(request.scope)
    return ports.catalog, ports.cataloged(await ports.store.get(RunId(dataset_id)))


def _act(request: Request[Any, Any, Any], ports: CatalogPorts, *, why: str | None) -> Act:
    return Act(by=principal_of(request.scope).subject, at=ports.clock.now(), why=why)


async def _body(request: Request[Any, Any, Any], shape: type[_Shape]) -> _Shape:
    return await read_document(request, shape, max_bytes=services_of(request.scope).limits.max_request_body_bytes)
