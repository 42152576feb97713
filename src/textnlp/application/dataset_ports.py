"""What the use cases around datasets on a platform stand on."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from textnlp.application.batch_ports import BatchPorts
from textnlp.application.change_catalog import CatalogedDataset, CatalogPorts
from textnlp.application.draw_candidates import CandidateDraws
from textnlp.application.watch_run import CostOf
from textnlp.domain.datasets.manifest import DatasetVersion
from textnlp.domain.datasets.row_query import FoundRows, RowQuery
from textnlp.domain.datasets.run import DatasetRun
from textnlp.domain.datasets.stored_run import StoredRun
from textnlp.domain.identifiers import RunId
from textnlp.domain.topics.tree import TopicTree
from textnlp.ports.dataset_files import DatasetFiles
from textnlp.ports.dataset_store import DatasetStore


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRun:
    """A stored run, ready to go on.

    Attributes:
        document: its recipe in JSON's own types, as versions keep it.
        cost_of: tells what its owner pays.
        tree: the topics that rows begin with, where they do.
    """

    run: DatasetRun
    draws: CandidateDraws
    document: dict[str, Any]
    cost_of: CostOf
    tree: TopicTree | None = None


RunOpener = Callable[[StoredRun], AbstractAsyncContextManager[OpenRun]]
"""Reads a run's recipe, opens its seeds and grows its topics; raises what is wrong with them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetPorts:
    """The ports that every use case around datasets shares.

    Attributes:
        catalog: the ports around what is said of datasets.
        read_version: reads a version's manifest from its folder.
        read_recipe: reads the recipe that a version keeps.
        find_rows: looks for rows of a version.
        root: the folder of all versions.
        generator: name and version of what makes them.
    """

    store: DatasetStore
    catalog: CatalogPorts
    batches: BatchPorts
    files: DatasetFiles
    read_version: Callable[[Path], DatasetVersion]
    read_recipe: Callable[[Path], dict[str, Any]]
    find_rows: Callable[[Path, RowQuery], FoundRows]
    open_run: RunOpener
    root: Path
    generator: str

    def folder(self, run_id: RunId, version: int) -> Path:
        """Return the folder of a version."""
        return self.root / run_id / f"v{version}"

    def cataloged(self, run: StoredRun) -> CatalogedDataset:
        """Return a run as the catalog knows it."""
        return CatalogedDataset(id=run.id, tenant=run.tenant, versions=run.versions, folder=self.root / run.id)
