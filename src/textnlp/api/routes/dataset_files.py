"""The versions of a dataset: what they hold, their rows and their files."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
from litestar import Request, Response, get
from litestar.params import FromPath
from litestar.response import Stream

from textnlp.api.caller import dataset_ports_of
from textnlp.api.closing import closed_after
from textnlp.api.openapi import described
from textnlp.api.routes.datasets import DATASET
from textnlp.api.schemas.dataset import DatasetRowPage, DatasetRowsQuery, DatasetVersionRead, read_version
from textnlp.api.schemas.dataset_catalog import LineageRead, show_lineage
from textnlp.api.schemas.dataset_rows import DatasetSearchQuery, FoundRowPage, FoundRowRead
from textnlp.api.text_fields import read_query
from textnlp.application.change_catalog import find_entry
from textnlp.application.dataset_ports import DatasetPorts
from textnlp.domain.catalog.lineage import VersionLineage, lineage_of
from textnlp.domain.catalog.rules import available_versions, find_available
from textnlp.domain.datasets.layout import MANIFEST, SIGNATURE, lines_path
from textnlp.domain.datasets.manifest import DatasetVersion
from textnlp.domain.datasets.row_query import RowQuery
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError, invalid_input, not_found
from textnlp.domain.identifiers import RunId
from textnlp.topology.scopes import READ

_VERSION = f"{DATASET}/versions/{{version:str}}"
_GONE = (ErrorKind.GONE,)
_PIECE_BYTES = 1 << 18
_BYTES = "application/octet-stream"


@get(
    _VERSION,
    summary="Show a version of a dataset",
    opt=described(grant=READ, answer=DatasetVersionRead, raises=_GONE),
)
async def show_version(
    request: Request[Any, Any, Any], dataset_id: FromPath[str], version: FromPath[str]
) -> DatasetVersionRead:
    """Show what a version holds, as its signed manifest says; a tag such as `current` names it as well."""
    _, found = await _version(request, dataset_id, version)
    return read_version(found)


@get(
    f"{_VERSION}/lineage",
    summary="Show where a version of a dataset is from",
    opt=described(grant=READ, answer=LineageRead, raises=_GONE),
)
async def show_dataset_lineage(
    request: Request[Any, Any, Any], dataset_id: FromPath[str], version: FromPath[str]
) -> LineageRead:
    """Show the recipe, the seeds, the models and the earlier version that a version is from."""
    ports = dataset_ports_of(request.scope)
    folder, there = await _folder(ports, dataset_id, version)
    return show_lineage(await asyncio.to_thread(_lineage, ports, folder, there))


@get(
    f"{DATASET}/rows",
    summary="Look for rows of a dataset",
    opt=described(
        operation="find_dataset_rows", grant=READ, query=DatasetSearchQuery, answer=FoundRowPage, raises=_GONE
    ),
)
async def find_dataset_rows(request: Request[Any, Any, Any], dataset_id: FromPath[str]) -> FoundRowPage:
    """List the accepted rows that hold a text or meet a condition, a page at a time.

    A million rows are looked at for a page, at most; `next_after` then goes on behind them.
    """
    query = read_query(request, DatasetSearchQuery)
    ports = dataset_ports_of(request.scope)
    folder, _ = await _folder(ports, dataset_id, query.version)
    asked = RowQuery(
        search=query.search,
        where=query.where,
        columns=tuple(query.column),
        split=query.split,
        after=query.after,
        limit=query.limit,
    )
    found = await asyncio.to_thread(ports.find_rows, folder, asked)
    return FoundRowPage(
        version=int(folder.name.removeprefix("v")),
        rows=[FoundRowRead(split=row.split, row=row.values) for row in found.rows],
        next_after=found.next_after,
    )


@get(
    f"{_VERSION}/rows",
    summary="List the rows of a dataset",
    opt=described(
        operation="list_dataset_rows", grant=READ, query=DatasetRowsQuery, answer=DatasetRowPage, raises=_GONE
    ),
)
async def list_dataset_rows(
    request: Request[Any, Any, Any], dataset_id: FromPath[str], version: FromPath[str]
) -> DatasetRowPage:
    """List the accepted rows of a split, a page at a time."""
    query = read_query(request, DatasetRowsQuery)
    folder, found = await _version(request, dataset_id, version)
    if query.split not in found.splits:
        raise not_found(f"There is no split {query.split!r}; there are {', '.join(found.splits)}.")
    return await asyncio.to_thread(_page, folder / lines_path(query.split), query)


@get(
    f"{_VERSION}/files/{{path:path}}",
    summary="Fetch a file of a dataset",
    opt=described(
        operation="fetch_dataset_file",
        grant=READ,
        media_type=_BYTES,
        media_example='{"id":"0","product":"kettle"}\n',
        raises=_GONE,
    ),
)
async def fetch_dataset_file(
    request: Request[Any, Any, Any], dataset_id: FromPath[str], version: FromPath[str], path: FromPath[str]
) -> Response[Any]:
    """Answer with a file of a version; its manifest, `manifest.json`, lists the others with their hashes."""
    folder, found = await _version(request, dataset_id, version)
    wanted = path.removeprefix("/")
    if wanted not in {MANIFEST, SIGNATURE, *(file.path for file in found.files)}:
        raise TextNLPError(
            f"This version has no file {wanted!r}.",
            kind=ErrorKind.NOT_FOUND,
            facts=ErrorFacts(hint=f"{MANIFEST} lists its files."),
        )
    file = await asyncio.to_thread((folder / wanted).open, "rb")
    pieces = _pieces(file)
    size = (folder / wanted).stat().st_size
    name = f"{dataset_id}-v{version}-{wanted.replace('/', '-')}"
    return Stream(
        pieces,
        media_type=_BYTES,
        headers={"Content-Length": str(size), "Content-Disposition": f'attachment; filename="{name}"'},
        background=closed_after(pieces),
    )


async def _version(request: Request[Any, Any, Any], dataset_id: str, version: str) -> tuple[Path, DatasetVersion]:
    ports = dataset_ports_of(request.scope)
    folder, _ = await _folder(ports, dataset_id, version)
    return folder, await asyncio.to_thread(ports.read_version, folder)


async def _folder(ports: DatasetPorts, dataset_id: str, version: str) -> tuple[Path, list[Path]]:
    """Return the folder of a version, by its number or a tag, and those of the versions that are there."""
    dataset = ports.cataloged(await ports.store.get(RunId(dataset_id)))
    entry = await find_entry(ports.catalog, dataset)
    folder = dataset.place(find_available(entry, dataset.numbers, named=version))
    return folder, [dataset.place(number) for number in available_versions(entry, dataset.numbers)]


def _lineage(ports: DatasetPorts, folder: Path, there: list[Path]) -> VersionLineage:
    earlier = [ports.read_version(each) for each in there]
    return lineage_of(ports.read_version(folder), recipe=ports.read_recipe(folder), earlier=earlier)


def _page(path: Path, query: DatasetRowsQuery) -> DatasetRowPage:
    rows: list[dict[str, Any]] = []
    with path.open("rb") as file:
        if query.cursor:
            file.seek(query.cursor - 1)
            if file.read(1) != b"\n":
                raise invalid_input("cursor: no page ended here.", field="cursor")
        while len(rows) < query.limit and (line := file.readline()):
            rows.append(msgspec.json.decode(line, type=dict[str, Any]))
        end = file.tell()
        return DatasetRowPage(rows=rows, next_cursor=end if file.read(1) else None)


async def _pieces(file: BinaryIO) -> AsyncGenerator[bytes]:
    with file:
        while piece := await asyncio.to_thread(file.read, _PIECE_BYTES):
            yield piece
