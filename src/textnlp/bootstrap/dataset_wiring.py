"""The files of datasets: what writes them, and what reads them without a platform."""

from pathlib import Path

from textnlp.adapters.dataset_files.catalog_file import read_entry
from textnlp.adapters.dataset_files.hub import push_folder
from textnlp.adapters.dataset_files.local_folder import LocalDatasetFiles
from textnlp.adapters.dataset_files.reader import (
    export_version,
    find_dataset,
    find_row,
    find_version,
    list_versions,
    read_recipe,
    read_version,
)
from textnlp.adapters.dataset_files.verifier import verify_version
from textnlp.adapters.key_files.dataset_key import open_dataset_key
from textnlp.adapters.reports.quality_page import render_report
from textnlp.domain.datasets.row_query import FoundRows, RowQuery
from textnlp.ports.dataset_files import DatasetFiles
from textnlp.settings import Settings

__all__ = [
    "dataset_files",
    "export_version",
    "find_dataset",
    "find_row",
    "find_rows",
    "find_version",
    "list_versions",
    "push_folder",
    "read_entry",
    "read_recipe",
    "read_version",
    "verify_version",
]


def dataset_files(settings: Settings) -> DatasetFiles:
    """Return what writes datasets, signed with the key of the data folder, which is made on first use."""
    return LocalDatasetFiles(open_dataset_key(settings.data_dir), page_of=render_report)


def find_rows(folder: Path, query: RowQuery) -> FoundRows:
    """Return the accepted rows of a version that a query wants; raises as `row_search.find_rows` does."""
    from textnlp.adapters.dataset_files import row_search  # noqa: PLC0415  brings Polars along

    return row_search.find_rows(folder, query)
