"""Rows of a version: looked for, listed a page at a time, and one with everything that is known of it."""

import asyncio
from typing import Annotated, Any
from urllib.parse import quote, urlencode

import msgspec
from litestar import Request, Response, get
from litestar.params import FromPath

from textnlp.api.dataset_version import find_dataset_version
from textnlp.api.openapi import described
from textnlp.bootstrap.dataset_wiring import find_row
from textnlp.console.page import page
from textnlp.console.query import read_filters
from textnlp.console.shown_value import shown_cell, shown_value
from textnlp.console.views.dataset_versions import VERSION, version_head
from textnlp.console.views.datasets import SECTION
from textnlp.domain.datasets.row_query import MOST_CONDITION_CHARACTERS, MOST_SEARCHED_CHARACTERS, FoundRow, RowQuery
from textnlp.domain.datasets.written_columns import ROW_ID
from textnlp.topology.scopes import READ

_A_PAGE = 50
_SHOWN_COLUMNS = 12


class RowFilter(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Which rows are listed, with which columns, and behind which one."""

    search: Annotated[str, msgspec.Meta(max_length=MOST_SEARCHED_CHARACTERS)] | None = None
    where: Annotated[str, msgspec.Meta(max_length=MOST_CONDITION_CHARACTERS)] | None = None
    column: Annotated[list[str], msgspec.Meta(max_length=256)] = []
    split: Annotated[str, msgspec.Meta(max_length=64)] | None = None
    after: Annotated[int, msgspec.Meta(ge=0, le=2**53)] = 0

    def query(self, after: int) -> str:
        """Return the query of an address that lists the same rows from another one on."""
        wanted: dict[str, Any] = {"search": self.search, "where": self.where, "column": self.column}
        wanted |= {"split": self.split, "after": after or None}
        return urlencode({name: value for name, value in wanted.items() if value}, doseq=True)


@get(f"{VERSION}/rows", opt=described(grant=READ))
async def list_rows(
    request: Request[Any, Any, Any], dataset_id: FromPath[str], version: FromPath[str]
) -> Response[str]:
    """Show the accepted rows that hold a text or meet a condition."""
    wanted = read_filters(request, RowFilter)
    found = await find_dataset_version(request.scope, dataset_id, version)
    manifest = await found.read()
    names = [column.name for column in manifest.columns]
    columns = [name for name in names if name in wanted.column] or names[: _SHOWN_COLUMNS + 1]
    asked = RowQuery(
        search=wanted.search,
        where=wanted.where,
        columns=tuple(dict.fromkeys([ROW_ID, *columns])),
        split=wanted.split,
        after=wanted.after,
        limit=_A_PAGE,
    )
    rows = await asyncio.to_thread(found.ports.find_rows, found.folder, asked)
    return page(
        request,
        "datasets/rows.html",
        section=SECTION,
        title=f"Rows of {manifest.name}, version {found.number}",
        **version_head(found, manifest, tab="rows"),
        wanted=wanted,
        names=[name for name in names if name != ROW_ID],
        columns=[name for name in columns if name != ROW_ID],
        rows=[_shown_row(row) for row in rows.rows],
        first=wanted.query(0) if wanted.after else None,
        following=wanted.query(rows.next_after) if rows.next_after is not None else None,
    )


@get(f"{VERSION}/rows/{{row_id:str}}", opt=described(grant=READ))
async def show_row(
    request: Request[Any, Any, Any], dataset_id: FromPath[str], version: FromPath[str], row_id: FromPath[str]
) -> Response[str]:
    """Show a row of any fate: its values, why it was turned away, its seed, and where each cell is from."""
    found = await find_dataset_version(request.scope, dataset_id, version)
    manifest = await found.read()
    stored = await asyncio.to_thread(lambda: find_row(found.folder, row_id=row_id))
    row = stored.row
    return page(
        request,
        "datasets/row.html",
        section=SECTION,
        title=f"Row {row.id} of {manifest.name}",
        **version_head(found, manifest, tab="rows"),
        row=row,
        split=stored.split,
        file=stored.file,
        values=[(name, shown_value(value)) for name, value in row.values.items()],
        seed="" if row.seed is None else shown_value(row.seed),
        cells=[(cell, "" if cell.parameters is None else shown_value(cell.parameters)) for cell in row.cells],
    )


def _shown_row(row: FoundRow) -> dict[str, Any]:
    row_id = str(row.values.get(ROW_ID) or "")
    return {
        "id": row_id,
        "path": quote(row_id, safe=""),
        "split": row.split,
        "cells": {name: shown_cell(value) for name, value in row.values.items() if name != ROW_ID},
    }


PAGES = (list_rows, show_row)
