"""Versions of datasets as folders of the file system."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Collection, Sequence
from pathlib import Path
from typing import ParamSpec, TypeVar

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from textnlp.adapters.dataset_files.card import dataset_card, export_card
from textnlp.adapters.dataset_files.export_files import write_export
from textnlp.adapters.dataset_files.judge_notes import judge_figures
from textnlp.adapters.dataset_files.parquet_table import write_parquet
from textnlp.adapters.dataset_files.row_files import RowFiles
from textnlp.adapters.dataset_files.signature import public_key_text, sign
from textnlp.adapters.dataset_files.unfinished_folder import UnfinishedFolder, disk_errors
from textnlp.adapters.dataset_files.version_record import require_balance, version_record
from textnlp.domain.datasets.export_plan import plan_export
from textnlp.domain.datasets.layout import (
    CARD,
    MANIFEST,
    RECIPE,
    REPORT,
    REPORT_FIGURES,
    SIGNATURE,
    lines_path,
    table_path,
)
from textnlp.domain.datasets.manifest import DatasetVersion, encode_manifest
from textnlp.domain.datasets.model import DatasetFacts, DatasetRow
from textnlp.domain.datasets.written_columns import dropped_columns
from textnlp.domain.generation.model import JsonObject
from textnlp.domain.recipes.output import Output
from textnlp.domain.reports.model import QualityReport
from textnlp.domain.reports.record import encode_report

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")


class LocalDatasetFiles:
    """Satisfies the `DatasetFiles` port.

    Rows are written as lines in one pass, which finds the types of the columns; the tables are made from the lines,
    so that a late row of another type costs nothing. `page_of` draws the report for people.
    """

    def __init__(self, key: Ed25519PrivateKey, *, page_of: Callable[[QualityReport], bytes]) -> None:
        self._key = key
        self._page_of = page_of

    async def write(
        self,
        folder: Path,
        *,
        facts: DatasetFacts,
        output: Output,
        rows: AsyncGenerator[Sequence[DatasetRow]],
        dropped: Collection[str] = (),
    ) -> DatasetVersion:
        """Write the version that `folder` is to hold, and sign it."""
        left_out = dropped_columns(facts.recipe).union(dropped)
        async with contextlib.aclosing(rows):
            with UnfinishedFolder(folder) as unfinished:
                with disk_errors(folder):
                    files = RowFiles(unfinished, shares=output.splits, recipe=facts.recipe, dropped=left_out)
                with files:
                    async for page in rows:
                        with disk_errors(folder):
                            await _to_its_end(files.add, page)
                    require_balance(facts, files.fates)
                    with disk_errors(folder):
                        version = await _to_its_end(self._finish, unfinished, facts, output, files)
                unfinished.publish()
                return version

    def _finish(
        self, unfinished: UnfinishedFolder, facts: DatasetFacts, output: Output, files: RowFiles
    ) -> DatasetVersion:
        """Write everything that is made from the rows' lines."""
        files.close()
        columns = files.columns
        unfinished.put(RECIPE, msgspec.json.format(msgspec.json.encode(facts.recipe), indent=1) + b"\n")
        for split in files.splits:
            with unfinished.open(table_path(split)) as sink:
                write_parquet(unfinished.path / lines_path(split), sink, columns=columns)
        draft = version_record(facts, splits=files.splits, columns=columns, public_key=public_key_text(self._key))
        skipped = _write_exports(unfinished, version=draft, recipe=facts.recipe, output=output)
        draft = msgspec.structs.replace(draft, skipped=skipped)
        unfinished.put(CARD, dataset_card(draft, facts=facts, output=output, fates=files.fates).encode())
        judges = judge_figures(facts.recipe, unfinished.path.parent)
        report = files.report.report(draft, facts, judges=judges)
        unfinished.put(REPORT_FIGURES, encode_report(report))
        unfinished.put(REPORT, self._page_of(report))
        version = msgspec.structs.replace(draft, files=unfinished.files)
        manifest = encode_manifest(version)
        unfinished.put(MANIFEST, manifest)
        unfinished.put(SIGNATURE, sign(manifest, key=self._key))
        return version


def _write_exports(
    unfinished: UnfinishedFolder, *, version: DatasetVersion, recipe: JsonObject, output: Output
) -> dict[str, int]:
    """Write the exports that are asked for, and return how many rows did not fit in each."""
    skipped: dict[str, int] = {}
    seen: Counter[str] = Counter()
    names = [column.name for column in version.columns]
    for export in output.exports:
        seen[export.format] += 1
        name = export.format if seen[export.format] == 1 else f"{export.format}-{seen[export.format]}"
        prefix = f"exports/{name}/"
        plan = plan_export(export.format, given=export.columns, columns=names, recipe=recipe)
        skipped[name] = write_export(
            plan, version=unfinished.path, splits=version.splits, folder=unfinished, prefix=prefix
        )
        if plan.format == "huggingface":
            unfinished.put(prefix + CARD, export_card(version, output=output, sources=plan.sources).encode())
    return skipped


async def _to_its_end(
    work: Callable[_Arguments, _Result], *args: _Arguments.args, **kwargs: _Arguments.kwargs
) -> _Result:
    """Do blocking work beside the event loop; a cancellation waits for it, since its files are removed then."""
    task = asyncio.ensure_future(asyncio.to_thread(work, *args, **kwargs))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        if not task.cancelled():
            task.exception()
        raise
