"""The versions of a dataset: what they hold, their rows and their files."""

import asyncio
from pathlib import Path
from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.params import FromPath

from textnlp.api.dataset_version import answer_version_file, find_dataset_version
from textnlp.api.openapi import described
from textnlp.api.routes.datasets import DATASET
from textnlp.api.schemas.dataset import DatasetRowPage, DatasetRowsQuery, DatasetVersionRead, read_version
from textnlp.api.schemas.dataset_catalog import LineageRead, show_lineage
from textnlp.api.schemas.dataset_rows import DatasetSearchQuery, FoundRowPage, FoundRowRead
from textnlp.api.text_fields import read_query
from textnlp.domain.datasets.layout import lines_path
from textnlp.domain.datasets.row_query import RowQuery
from textnlp.domain.errors import ErrorKind, invalid_input, not_found
from textnlp.topology.scopes import READ

_VERSION = f"{DATASET}/versions/{{version:str}}"
_GONE = (ErrorKind.GONE,)
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
    found = await find_dataset_version(request.scope, dataset_id, version)
    return read_version(await found.read())


@get(
    f"{_VERSION}/lineage",
    summary="Show where a version of a dataset is from",
    opt=described(grant=READ, answer=LineageRead, raises=_GONE),
)
async def show_dataset_lineage(
    request: Request[Any, Any, Any], dataset_id: FromPath[str], version: FromPath[str]
) -> LineageRead:
    """Show the recipe, the seeds, the models and the earlier version that a version is from."""
    found = await find_dataset_version(request.scope, dataset_id, version)
    return show_lineage(await found.lineage())


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
    version = await find_dataset_version(request.scope, dataset_id, query.version)
    asked = RowQuery(
        search=query.search,
        where=query.where,
        columns=tuple(query.column),
        split=query.split,
        after=query.after,
        limit=query.limit,
    )
    found = await asyncio.to_thread(version.ports.find_rows, version.folder, asked)
    return FoundRowPage(
        version=version.number,
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
    found = await find_dataset_version(request.scope, dataset_id, version)
    splits = (await found.read()).splits
    if query.split not in splits:
        raise not_found(f"There is no split {query.split!r}; there are {', '.join(splits)}.")
    return await asyncio.to_thread(_page, found.folder / lines_path(query.split), query)


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
    wanted = path.removeprefix("/")
    name = f"{dataset_id}-v{version}-{wanted.replace('/', '-')}"
    found = await find_dataset_version(request.scope, dataset_id, version)
    return await answer_version_file(found, wanted, file_name=name)


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
