"""The files of datasets: what writes them, and what reads them without a platform."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from textnlp.adapters.database.dataset_store import PostgresDatasetStore
from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.adapters.dataset_files.hub import push_folder
from textnlp.adapters.dataset_files.local_folder import LocalDatasetFiles
from textnlp.adapters.dataset_files.reader import (
    export_version,
    find_row,
    find_version,
    list_versions,
    read_version,
)
from textnlp.adapters.dataset_files.verifier import verify_version
from textnlp.adapters.key_files.dataset_key import open_dataset_key
from textnlp.adapters.reports.quality_page import render_report
from textnlp.bootstrap.model_prices import price_finder
from textnlp.domain.usage.price import Price
from textnlp.ports.dataset_files import DatasetFiles
from textnlp.ports.dataset_store import DatasetStore
from textnlp.settings import Settings

__all__ = [
    "DatasetHold",
    "dataset_files",
    "dataset_hold",
    "export_version",
    "find_row",
    "find_version",
    "list_versions",
    "push_folder",
    "read_version",
    "verify_version",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetHold:
    """What a platform keeps of the datasets that it makes.

    Attributes:
        root: the folder of their versions.
        price_of: tells what a model costs, None where it is not known.
    """

    store: DatasetStore
    files: DatasetFiles
    root: Path
    price_of: Callable[[str], Price | None]


def dataset_hold(settings: Settings, database: PostgresDatabase) -> DatasetHold:
    """Open what datasets are kept in."""
    return DatasetHold(
        store=PostgresDatasetStore(database),
        files=dataset_files(settings),
        root=settings.data_dir / "datasets",
        price_of=price_finder(settings),
    )


def dataset_files(settings: Settings) -> DatasetFiles:
    """Return what writes datasets, signed with the key of the data folder, which is made on first use."""
    return LocalDatasetFiles(open_dataset_key(settings.data_dir), page_of=render_report)
