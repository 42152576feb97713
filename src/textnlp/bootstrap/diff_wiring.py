"""What compares datasets, wired without a platform."""

from pathlib import Path

from textnlp.adapters.dataset_files.reader import find_version, read_version
from textnlp.adapters.prompt_files.record_opener import open_records
from textnlp.adapters.reports.diff_page import render_diff
from textnlp.application.compare_datasets import ComparedRows
from textnlp.domain.datasets.layout import MANIFEST
from textnlp.domain.datasets.manifest import DatasetVersion
from textnlp.domain.datasets.written_columns import ROW_ID
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.reports.dataset_diff import DiffSide

__all__ = ["open_compared", "render_diff", "row_key"]


def open_compared(path: Path, *, version: int | None = None) -> ComparedRows:
    """Open the accepted rows of a version of a dataset, of the latest where none is named, or any file of rows.

    Raises `NOT_FOUND` where there is none, and `INVALID_INPUT` for a file that cannot be told.
    """
    folder = _version_folder(path, version)
    if folder is None:
        return ComparedRows(side=DiffSide(name=path.name), source=open_records(path))
    found = read_version(folder)
    return ComparedRows(
        side=DiffSide(name=found.name, version=found.version, facts=_facts(found)),
        source=open_records(folder),
        types={column.name: column.type for column in found.columns},
    )


def row_key(before: ComparedRows, after: ComparedRows) -> str | None:
    """Return what tells rows where nobody says it: the id in versions of one dataset, else their content."""
    is_same = before.side.version is not None and after.side.version is not None
    return ROW_ID if is_same and before.side.name == after.side.name else None


def _version_folder(path: Path, version: int | None) -> Path | None:
    if version is not None or (path / MANIFEST).is_file():
        return find_version(path, version=version)
    if not path.is_dir():
        return None
    try:
        return find_version(path)
    except TextNLPError as error:
        if error.kind is not ErrorKind.NOT_FOUND:
            raise
        return None


def _facts(version: DatasetVersion) -> dict[str, str]:
    counts = version.counts
    known = {"candidates": counts.candidates, "accepted": counts.accepted, "rejected": counts.rejected}
    known |= {"failed": counts.failed, "surplus": counts.surplus, "wanted": version.target}
    tokens = sum(use.usage.total_tokens for use in version.models)
    costs = [use.cost for use in version.models if use.cost is not None]
    facts = {name: f"{count:,}" for name, count in known.items()} | {"tokens": f"{tokens:,}"}
    if version.models and len(costs) == len(version.models):
        facts["cost"] = f"${sum(costs):,.6f}"
    return facts | {"recipe": version.fingerprint, "made by": version.generator}
