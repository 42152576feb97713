"""Versions of datasets, read from their folders without a network."""

import contextlib
import re
from collections.abc import Generator, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from textnlp.adapters.dataset_files.card import export_card
from textnlp.adapters.dataset_files.catalog_file import read_entry
from textnlp.adapters.dataset_files.export_files import write_export
from textnlp.adapters.dataset_files.json_lines import decode_line
from textnlp.adapters.dataset_files.lineage_table import find_lineage, lineage_groups
from textnlp.adapters.dataset_files.tombstone_file import read_manifest, read_tombstone, require_there
from textnlp.adapters.dataset_files.unfinished_folder import UnfinishedFolder, disk_errors
from textnlp.domain.catalog.model import CURRENT
from textnlp.domain.catalog.rules import find_available
from textnlp.domain.datasets.export_plan import plan_export, read_format
from textnlp.domain.datasets.layout import CARD, LINEAGE, MANIFEST, RECIPE, TOMBSTONE
from textnlp.domain.datasets.manifest import DatasetVersion, decode_manifest, is_plain_path
from textnlp.domain.datasets.model import CellRecord, DatasetRow, Reason, RowFate
from textnlp.domain.datasets.stored import StoredRow
from textnlp.domain.datasets.written_columns import ROW_ID
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError, invalid_input, not_found
from textnlp.domain.recipes.output import Output

_VERSION = re.compile(r"v([1-9][0-9]*)")
_ROW = re.compile(r"(\d{1,18})(?:\.(\d{1,18}))?")


def list_versions(directory: Path) -> list[DatasetVersion]:
    """Return the versions in a dataset's folder, the first one first; raises `NOT_FOUND` where there never was one."""
    versions = [read_version(folder) for _, folder in _folders(directory) if read_tombstone(folder) is None]
    if not versions and not read_entry(directory).tombstones:
        raise not_found(f"There is no version of a dataset in {directory}.")
    return versions


def find_version(directory: Path, *, version: int | str | None = None) -> Path:
    """Return the folder of a version by its number or a tag; of `directory` where that is one itself and none is named.

    Where none is named it is the current one: that of the tag `current`, else the latest. Raises `NOT_FOUND` where
    there is none, `GONE` where it was deleted.
    """
    if version is None:
        require_there(directory)
        if (directory / MANIFEST).is_file():
            return directory
    else:
        require_there(directory / f"v{version}")
    folders = dict(_folders(directory))
    entry = read_entry(directory)
    if not folders and not entry.tombstones:
        raise not_found(f"There is no version of a dataset in {directory}.")
    number = find_available(entry, folders, named=CURRENT if version is None else str(version))
    return folders[number]


def find_dataset(directory: Path) -> Path:
    """Return the folder of a dataset, where `directory` is that or one of its versions."""
    is_version = (directory / MANIFEST).is_file() or (directory / TOMBSTONE).is_file()
    place = directory.absolute().resolve()
    return place.parent if is_version else place


def read_version(folder: Path) -> DatasetVersion:
    """Read a version's manifest; raises `INVALID_INPUT` for one that is damaged, `GONE` for one that was deleted."""
    return decode_manifest(read_manifest(folder))


def read_recipe(folder: Path) -> dict[str, Any]:
    """Read the recipe that a version keeps; raises as `read_version` does."""
    with _read_errors(folder / RECIPE):
        return decode_line((folder / RECIPE).read_bytes())


def find_row(folder: Path, *, row_id: str) -> StoredRow:
    """Return a row of any fate by its id; raises `NOT_FOUND` for one that is not there."""
    match = _ROW.fullmatch(row_id)
    known: Mapping[str, Any] | None = None
    if match is not None:
        with _read_errors(folder / LINEAGE):
            known = find_lineage(folder / LINEAGE, candidate=int(match[1]), item=int(match[2] or 0))
    if known is None:
        raise not_found(f"There is no row {row_id!r} in {folder}; a row is named as in the files, such as 17 or 17.2.")
    file = _file_of(folder, known)
    with _read_errors(folder / file), (folder / file).open("rb") as lines:
        lines.seek(known["offset"])
        record = decode_line(lines.readline())
    row = _row_of(known, record)
    is_accepted = row.fate is RowFate.ACCEPTED
    return StoredRow(row=row, file=file, split=Path(file).stem if is_accepted else None)


def read_rows(folder: Path) -> Iterator[list[DatasetRow]]:
    """Yield the rows of every fate as they were written, some thousands at a time; raises as `read_version` does.

    Accepted rows are without columns that were left out.
    """
    with contextlib.ExitStack() as stack, _read_errors(folder / LINEAGE):
        files: dict[str, BinaryIO] = {}
        for group in lineage_groups(folder / LINEAGE):
            rows: list[DatasetRow] = []
            for known in group:
                file = _file_of(folder, known)
                lines = files.get(file) or files.setdefault(file, stack.enter_context((folder / file).open("rb")))
                lines.seek(known["offset"])
                rows.append(_row_of(known, decode_line(lines.readline())))
            yield rows


def _file_of(folder: Path, known: Mapping[str, Any]) -> str:
    file = str(known["file"])
    if not is_plain_path(file):
        raise invalid_input(f"{folder / 'lineage.parquet'} names a file outside the dataset.")
    return file


def _row_of(known: Mapping[str, Any], record: Mapping[str, Any]) -> DatasetRow:
    fate = RowFate(known["fate"])
    is_accepted = fate is RowFate.ACCEPTED
    values = {name: value for name, value in record.items() if name != ROW_ID} if is_accepted else record["values"]
    return DatasetRow(
        candidate=known["candidate"],
        item=known["item"],
        fate=fate,
        values=values,
        reasons=msgspec.convert(record.get("reasons", ()) if not is_accepted else (), tuple[Reason, ...]),
        seed=None if known["seed"] is None else msgspec.json.decode(known["seed"]),
        cells=msgspec.json.decode(known["cells"], type=tuple[CellRecord, ...]),
    )


def export_version(folder: Path, *, form: str, columns: Mapping[str, str], target: Path) -> tuple[int, int]:
    """Write a version's accepted rows in another form into a folder that must not be there.

    Returns how many rows were written and how many did not fit. Raises `CONFLICT` for a folder that is there,
    `INVALID_INPUT` for a form or column that is not, and for a place inside a version, which is signed as it is.
    """
    if any((parent / MANIFEST).exists() for parent in target.absolute().resolve().parents):
        raise invalid_input(f"{target} lies in a version of a dataset, whose signature it would break.", field="out")
    version = read_version(folder)
    recipe = read_recipe(folder)
    names = [column.name for column in version.columns]
    output = Output.model_validate(recipe.get("output") or {})
    plan = plan_export(read_format(form), given=columns, columns=names, recipe=recipe)
    with disk_errors(target), UnfinishedFolder(target) as unfinished:
        skipped = write_export(plan, version=folder, splits=version.splits, folder=unfinished)
        if plan.format == "huggingface":
            unfinished.put(CARD, export_card(version, output=output, sources=plan.sources).encode())
        unfinished.publish()
    return sum(version.splits.values()) - skipped, skipped


def _folders(directory: Path) -> list[tuple[int, Path]]:
    with disk_errors(directory):
        if not directory.is_dir():
            raise not_found(f"There is no folder {directory}.")
        named = [(_VERSION.fullmatch(entry.name), entry) for entry in directory.iterdir()]
        return sorted((int(match[1]), entry) for match, entry in named if match and (entry / MANIFEST).is_file())


@contextlib.contextmanager
def _read_errors(path: Path) -> Generator[None]:
    """Turn damage of a file into `INVALID_INPUT`, naming it; pyarrow's errors are `ValueError` and `OSError`."""
    try:
        yield
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise TextNLPError(
            f"{path} cannot be read: {exc}",
            kind=ErrorKind.INVALID_INPUT,
            facts=ErrorFacts(hint="`textnlp dataset verify` says which files are damaged."),
        ) from exc
