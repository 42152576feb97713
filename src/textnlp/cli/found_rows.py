"""Rows of a dataset that somebody looks for, on the screen."""

import sys
from dataclasses import dataclass

import msgspec

from textnlp.cli.catalog_listing import print_found
from textnlp.cli.open_catalog import ask_catalog

_ROWS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class RowWishes:
    """Which rows are wanted, as the options of a command say; `columns` are divided by commas."""

    search: str | None = None
    where: str | None = None
    columns: str | None = None
    rows: int | None = None
    split: str | None = None
    after: int = 0
    version: str | None = None


def show_rows(dataset: str, wishes: RowWishes, *, server: str | None, as_json: bool) -> None:
    """Print a page of rows of a folder's dataset, or of a platform's."""
    columns = [name.strip() for name in wishes.columns.split(",")] if wishes.columns else None
    page = ask_catalog(
        dataset,
        server,
        lambda catalog: catalog.datasets.find_rows(
            dataset,
            search=wishes.search,
            where=wishes.where,
            column=columns,
            version=wishes.version,
            split=wishes.split,
            after=wishes.after,
            limit=wishes.rows or _ROWS,
        ),
    )
    if as_json:
        sys.stdout.write(msgspec.json.encode(page).decode() + "\n")
    else:
        print_found(page)
