"""Versions of datasets in this process's memory, for tests of what writes them."""

import contextlib
from collections import Counter
from collections.abc import AsyncGenerator, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from textnlp.adapters.dataset_files.json_lines import decode_line, encode_line
from textnlp.adapters.dataset_files.version_record import require_balance, version_record
from textnlp.domain.datasets.column_type import NOTHING, TEXT, common_type, settled, type_of
from textnlp.domain.datasets.export_plan import plan_export
from textnlp.domain.datasets.manifest import DatasetVersion
from textnlp.domain.datasets.model import DatasetFacts, DatasetRow, RowFate
from textnlp.domain.datasets.splits import split_of
from textnlp.domain.datasets.written_columns import ROW_ID, column_key, dropped_columns, recipe_columns
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.recipes.output import Output


@dataclass(frozen=True, slots=True)
class MemoryVersion:
    """A version that was written, with all its rows."""

    version: DatasetVersion
    rows: tuple[DatasetRow, ...]


class MemoryDatasetFiles:
    """Satisfies the `DatasetFiles` port; `written` has the versions by folder, without files or a signature."""

    def __init__(self) -> None:
        self.written: dict[Path, MemoryVersion] = {}

    async def write(
        self,
        folder: Path,
        *,
        facts: DatasetFacts,
        output: Output,
        rows: AsyncGenerator[Sequence[DatasetRow]],
        dropped: Collection[str] = (),
    ) -> DatasetVersion:
        """Keep the version that `folder` is to hold."""
        async with contextlib.aclosing(rows):
            if folder in self.written:
                raise TextNLPError(f"{folder} is there already.", kind=ErrorKind.CONFLICT)
            kept = [row async for page in rows for row in page]
        require_balance(facts, Counter(row.fate for row in kept))
        left_out = dropped_columns(facts.recipe).union(dropped)
        accepted = [row for row in kept if row.fate is RowFate.ACCEPTED]
        types = {ROW_ID: TEXT} | dict.fromkeys(recipe_columns(facts.recipe, dropped=left_out), NOTHING)
        for row in accepted:
            values = decode_line(encode_line({n: value for n, value in row.values.items() if n not in left_out}))
            for name, value in values.items():
                key = column_key(name)
                types[key] = common_type(types.get(key, NOTHING), type_of(value))
        for export in output.exports:
            plan_export(export.format, given=export.columns, columns=list(types), recipe=facts.recipe)
        splits = Counter(split_of(row.id, shares=output.splits) for row in accepted)
        version = version_record(
            facts,
            splits={split: splits[split] for split in output.splits},
            columns={name: settled(found) for name, found in types.items()},
            public_key="",
        )
        self.written[folder] = MemoryVersion(version, tuple(kept))
        return version
