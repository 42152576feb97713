"""The catalog of datasets that lie in folders, without a platform."""

import os
import pwd
from datetime import UTC, datetime
from pathlib import Path

from textnlp.adapters.dataset_files.catalog_file import FileDatasetCatalog
from textnlp.adapters.dataset_files.reader import find_dataset, list_versions, read_recipe, read_version
from textnlp.adapters.dataset_files.tombstone_file import erase_version, read_manifest
from textnlp.application.change_catalog import CatalogedDataset, CatalogPorts
from textnlp.bootstrap.clock import SYSTEM_CLOCK
from textnlp.domain.catalog.lineage import VersionLineage, lineage_of
from textnlp.domain.catalog.model import Act
from textnlp.domain.datasets.manifest import DatasetVersion
from textnlp.domain.datasets.stored_run import RunVersion
from textnlp.domain.errors import invalid_input
from textnlp.domain.identity.tenant import LOCAL_TENANT
from textnlp.ports.dataset_catalog import DatasetCatalog


def catalog_ports(catalog: DatasetCatalog) -> CatalogPorts:
    """Wire the use cases around a catalog whose versions lie in folders."""
    return CatalogPorts(catalog=catalog, clock=SYSTEM_CLOCK, read_manifest=read_manifest, erase=erase_version)


def open_catalog(directory: Path) -> tuple[CatalogPorts, CatalogedDataset]:
    """Return the catalog that a dataset's folder keeps, and the dataset; `directory` may be one of its versions.

    Raises `NOT_FOUND` where there is no version, and never was one.
    """
    folder = find_dataset(directory)
    versions = tuple(_listed(version) for version in list_versions(folder))
    dataset = CatalogedDataset(id=folder.name, tenant=LOCAL_TENANT, versions=versions, folder=folder)
    return catalog_ports(FileDatasetCatalog(folder.parent)), dataset


def act_here(*, why: str | None = None) -> Act:
    """Return who acts in this process, under the name that the operating system knows, and when."""
    try:
        name = pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        name = str(os.getuid())
    return Act(by=name, at=SYSTEM_CLOCK.now(), why=why)


def read_lineage(folder: Path) -> VersionLineage:
    """Return where the version in a folder is from."""
    version = read_version(folder)
    earlier = [version, *list_versions(find_dataset(folder))]
    return lineage_of(version, recipe=read_recipe(folder), earlier=earlier)


def _listed(version: DatasetVersion) -> RunVersion:
    try:
        written_at = datetime.fromisoformat(version.created)
    except ValueError as exc:
        raise invalid_input(f"The manifest of version {version.version} has no time of its making.") from exc
    if written_at.tzinfo is None:
        written_at = written_at.replace(tzinfo=UTC)
    return RunVersion(
        number=version.version, rows=version.counts.accepted, written_at=written_at, stopped_by=version.stopped_by
    )
