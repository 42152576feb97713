"""What a platform keeps of the datasets that it makes."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from textnlp.adapters.database.dataset_catalog import PostgresDatasetCatalog
from textnlp.adapters.database.dataset_store import PostgresDatasetStore
from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.bootstrap.dataset_wiring import dataset_files
from textnlp.bootstrap.model_prices import price_finder
from textnlp.domain.usage.price import Price
from textnlp.ports.dataset_catalog import DatasetCatalog
from textnlp.ports.dataset_files import DatasetFiles
from textnlp.ports.dataset_store import DatasetStore
from textnlp.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetHold:
    """What a platform keeps of the datasets that it makes.

    Attributes:
        root: the folder of their versions.
        price_of: tells what a model costs, None where it is not known.
    """

    store: DatasetStore
    catalog: DatasetCatalog
    files: DatasetFiles
    root: Path
    price_of: Callable[[str], Price | None]


def dataset_hold(settings: Settings, database: PostgresDatabase) -> DatasetHold:
    """Open what datasets are kept in."""
    return DatasetHold(
        store=PostgresDatasetStore(database),
        catalog=PostgresDatasetCatalog(database),
        files=dataset_files(settings),
        root=settings.data_dir / "datasets",
        price_of=price_finder(settings),
    )
