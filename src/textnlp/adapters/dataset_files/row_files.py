"""The lines of a dataset's rows, and what is learnt of its columns while they are written."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from textnlp.adapters.dataset_files.json_lines import decode_line, encode_line
from textnlp.adapters.dataset_files.lineage_table import LineageTable
from textnlp.adapters.dataset_files.unfinished_folder import HashedFile, UnfinishedFolder
from textnlp.domain.datasets.column_type import NOTHING, TEXT, ColumnType, common_type, declared_types, settled, type_of
from textnlp.domain.datasets.layout import LINEAGE, lines_path, turned_away_path
from textnlp.domain.datasets.model import DatasetRow, RowFate
from textnlp.domain.datasets.splits import split_of
from textnlp.domain.datasets.written_columns import ROW_ID, column_key, recipe_columns


class RowFiles:
    """Writes `data/<split>.jsonl`, the lines of the rows that were not accepted, and the lineage of all.

    Attributes:
        fates: rows of each fate that were written.
        splits: accepted rows of each split.
        report: what is told of the rows in the end.
    """

    def __init__(
        self,
        folder: UnfinishedFolder,
        *,
        shares: Mapping[str, float],
        recipe: Mapping[str, Any],
        dropped: Collection[str],
    ) -> None:
        from textnlp.domain.reports.dataset_report import (  # noqa: PLC0415  brings Polars along, for runs alone
            DatasetReport,
        )

        self._folder = folder
        self._shares = shares
        self._recipe = recipe
        self._dropped = frozenset(dropped)
        self._types: dict[str, ColumnType] = {}
        self._files: dict[str, HashedFile] = {}
        self.fates: Counter[RowFate] = Counter()
        self.splits: dict[str, int] = dict.fromkeys(shares, 0)
        self.report = DatasetReport(recipe)
        for split in shares:
            self._file(lines_path(split)).rows = 0
        self._lineage_file = folder.start(LINEAGE)
        self._lineage = LineageTable(self._lineage_file)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._lineage.abandon()

    def add(self, page: Sequence[DatasetRow]) -> None:
        """Write some rows."""
        told: list[tuple[DatasetRow, dict[str, Any] | None]] = []
        for row in page:
            self.fates[row.fate] += 1
            is_accepted = row.fate is RowFate.ACCEPTED
            path = self._add_accepted(row) if is_accepted else turned_away_path(row.fate)
            file = self._file(path)
            offset = file.size_bytes
            line = self._line(row)
            file.add(line)
            self._lineage.add(row, file=path, offset=offset)
            told.append((row, self._learn(line) if is_accepted else None))
        self.report.add(told)

    def close(self) -> None:
        """Complete the files."""
        for path, file in self._files.items():
            self._folder.end(path, file)
        self._lineage.close()
        self._folder.end(LINEAGE, self._lineage_file)

    @property
    def columns(self) -> dict[str, ColumnType]:
        """The columns of the accepted rows with their types, `id` first, then fields of seeds, then the recipe's."""
        declared = {column_key(name): known for name, known in declared_types(self._recipe).items()}
        names = recipe_columns(self._recipe, dropped=self._dropped)
        seeds = [name for name in self._types if name not in names]
        return {ROW_ID: TEXT} | {
            name: settled(self._types.get(name, NOTHING), declared=declared.get(name)) for name in [*seeds, *names]
        }

    def _add_accepted(self, row: DatasetRow) -> str:
        split = split_of(row.id, shares=self._shares)
        self.splits[split] += 1
        return lines_path(split)

    def _line(self, row: DatasetRow) -> bytes:
        if row.fate is not RowFate.ACCEPTED:
            reasons = [{"code": each.code, "message": each.message, "column": each.column} for each in row.reasons]
            return encode_line({ROW_ID: row.id, "values": row.values, "reasons": reasons})
        values = {column_key(name): value for name, value in row.values.items() if name not in self._dropped}
        return encode_line({ROW_ID: row.id, **values})

    def _learn(self, line: bytes) -> dict[str, Any]:
        """Look at a row as readers of the file get it, and return its columns."""
        record = decode_line(line)
        del record[ROW_ID]
        for name, value in record.items():
            self._types[name] = common_type(self._types.get(name, NOTHING), type_of(value))
        return record

    def _file(self, path: str) -> HashedFile:
        if path not in self._files:
            self._files[path] = self._folder.start(path)
        return self._files[path]
