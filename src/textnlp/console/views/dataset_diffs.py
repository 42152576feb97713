"""Two versions of a dataset, compared."""

import asyncio
from pathlib import Path
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get
from litestar.params import FromPath

from textnlp.api.caller import dataset_ports_of
from textnlp.api.dataset_version import find_dataset_version
from textnlp.api.openapi import described
from textnlp.application.change_catalog import find_entry
from textnlp.application.compare_datasets import compare_datasets
from textnlp.bootstrap.diff_wiring import open_compared, render_diff, row_key
from textnlp.console.framed import framed
from textnlp.console.page import page
from textnlp.console.query import read_filters
from textnlp.console.views.datasets import DATASET, SECTION
from textnlp.domain.catalog.rules import available_versions
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.identifiers import RunId
from textnlp.topology.scopes import READ

MOST_COMPARED_ROWS = 50_000
"""Rows of both versions together; more are compared at a terminal, which nobody else waits for."""

_Number = Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)]


class CompareQuery(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The two versions; the two latest ones where left out."""

    before: _Number | None = None
    after: _Number | None = None


@get(f"{DATASET}/compare", opt=described(grant=READ))
async def compare(request: Request[Any, Any, Any], dataset_id: FromPath[str]) -> Response[str]:
    """Show how a version differs from another one, in a frame."""
    asked = read_filters(request, CompareQuery)
    ports = dataset_ports_of(request.scope)
    run = await ports.store.get(RunId(dataset_id))
    dataset = ports.cataloged(run)
    there = available_versions(await find_entry(ports.catalog, dataset), dataset.numbers)
    rows = {version.number: version.rows for version in run.versions}
    after = asked.after or (there[-1] if there else None)
    before = asked.before or next((number for number in reversed(there) if number != after), None)
    total = sum(rows.get(number, 0) for number in (before, after) if number is not None)
    return page(
        request,
        "datasets/compare.html",
        section=SECTION,
        title=f"Compare versions of {run.name}",
        run=run,
        there=there,
        before=before,
        after=after,
        is_there=before in there and after in there and before != after,
        is_too_large=total > MOST_COMPARED_ROWS,
        most_rows=MOST_COMPARED_ROWS,
    )


@get(f"{DATASET}/diff.html", opt=described(grant=READ))
async def frame_diff(request: Request[Any, Any, Any], dataset_id: FromPath[str]) -> Response[bytes]:
    """Answer with the comparison, for a frame; raises `TOO_LARGE` above 50,000 rows."""
    asked = read_filters(request, CompareQuery)
    sides = [await find_dataset_version(request.scope, dataset_id, str(each)) for each in (asked.before, asked.after)]
    rows = [sum((await side.read()).splits.values()) for side in sides]
    if sum(rows) > MOST_COMPARED_ROWS:
        raise TextNLPError(
            f"Both versions together have {sum(rows):,} rows; a page compares {MOST_COMPARED_ROWS:,} at most.",
            kind=ErrorKind.TOO_LARGE,
            facts=ErrorFacts(hint="Compare them with textnlp dataset diff.", limit_name="compared_rows"),
        )
    return framed(await asyncio.to_thread(_diff, sides[0].folder, sides[1].folder))


def _diff(before: Path, after: Path) -> bytes:
    one, other = open_compared(before), open_compared(after)
    return render_diff(compare_datasets(one, other, by=row_key(one, other)))


PAGES = (compare, frame_diff)
