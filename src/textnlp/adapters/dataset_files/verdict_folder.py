"""The files of `textnlp validate` in a folder."""

import contextlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import msgspec

from textnlp.adapters.dataset_files.json_lines import encode_line
from textnlp.adapters.dataset_files.unfinished_folder import disk_errors
from textnlp.domain.validation.reason import Reason
from textnlp.domain.validation.record import BadRecord, Record
from textnlp.domain.validation.row_checks import CheckedRow

ACCEPTED, REJECTED, ERRORS = "accepted.jsonl", "rejected.jsonl", "errors.jsonl"
REPORT, PAGE = "report.json", "report.html"
_BUFFER_BYTES = 1 << 18


class LocalVerdictFiles:
    """Satisfies the `VerdictFiles` port: files under hidden names, which get their own when all are whole.

    Accepted rows are written as they are, with what checks have redacted or replaced; rejected ones with number, file,
    line, reasons and scores around them. Leaving the block without `finish` removes what was written; what an earlier
    run left is replaced.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[str, IO[bytes]] = {}

    def __enter__(self) -> Self:
        with disk_errors(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
            for name in (ACCEPTED, REJECTED):
                self._open(name)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for name, file in self._files.items():
            with contextlib.suppress(OSError):
                file.close()
            self._partial(name).unlink(missing_ok=True)

    def add(self, record: Record, checked: CheckedRow) -> None:
        """Take a row."""
        if not checked.reasons:
            self._write(ACCEPTED, checked.values)
            return
        told = {"row": record.number, "file": record.file, "line": record.line}
        scores = {"scores": checked.scores} if checked.scores else {}
        self._write(REJECTED, {**told, "reasons": _told(checked.reasons), **scores, "values": record.values})

    def add_bad(self, record: BadRecord) -> None:
        """Take a row that could not be read."""
        told = {"row": record.number, "file": record.file, "line": record.line, "message": record.message}
        self._write(ERRORS, told)

    def finish(self, report: Mapping[str, Any], page: bytes) -> Sequence[str]:
        """Put everything in place; the report comes last."""
        with disk_errors(self._folder):
            self._open(PAGE).write(page)
            self._open(REPORT).write(msgspec.json.format(encode_line(report), indent=2) + b"\n")
            if ERRORS not in self._files:
                (self._folder / ERRORS).unlink(missing_ok=True)
            names = [name for name in (ACCEPTED, REJECTED, ERRORS, PAGE, REPORT) if name in self._files]
            for name in names:
                self._files.pop(name).close()
                self._partial(name).replace(self._folder / name)
        return names

    def _write(self, name: str, row: Mapping[str, Any]) -> None:
        with disk_errors(self._folder):
            file = self._files.get(name) or self._open(name)
            file.write(encode_line(row))

    def _open(self, name: str) -> IO[bytes]:
        file = self._files[name] = self._partial(name).open("wb", buffering=_BUFFER_BYTES)
        return file

    def _partial(self, name: str) -> Path:
        return self._folder / f".{name}.partial"


def _told(reasons: Sequence[Reason]) -> list[dict[str, Any]]:
    return [{"code": reason.code, "message": reason.message, "column": reason.column} for reason in reasons]
