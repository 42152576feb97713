"""Rows that wait, in a temporary file."""

import pickle
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Self, cast

from textnlp.adapters.dataset_files.unfinished_folder import disk_errors
from textnlp.domain.validation.record import BadRecord, Record
from textnlp.domain.validation.row_checks import CheckedRow
from textnlp.ports.row_spool import SpooledBatch

_IN_MEMORY_BYTES = 32 << 20


class TemporaryRowSpool:
    """Satisfies the `RowSpool` port: up to 32 MB in memory, then a file in a folder that nobody else can open."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        # The file lives as long as this object, which closes it.
        self._file = cast(
            "IO[bytes]",
            tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES, dir=str(folder)),  # noqa: SIM115
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._file.close()

    def add(self, batch: Sequence[Record | BadRecord], checked: Sequence[CheckedRow]) -> None:
        """Keep a batch."""
        with disk_errors(self._folder):
            pickle.dump((list(batch), list(checked)), self._file, protocol=pickle.HIGHEST_PROTOCOL)

    def batches(self) -> Iterator[SpooledBatch]:
        """Yield all batches."""
        end = self._file.tell()
        self._file.seek(0)
        while self._file.tell() < end:
            # Nobody but this object has written to the file.
            yield pickle.load(self._file)  # noqa: S301
