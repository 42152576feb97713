"""Seeds written aside, so that any of them can be read at once."""

import asyncio
import contextlib
import os
import re
import tempfile
import threading
from array import array
from collections.abc import Generator, Iterable, Sequence
from pathlib import Path
from typing import Any, BinaryIO, cast

import msgspec

from textnlp.adapters.seed_files.record import SeedRecord
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.recipes.seed import Seed

MAX_SCRATCH_BYTES = 64 << 30

_PLACE_BYTES = 8
_WRITTEN_AT_ONCE = 4096
_BUFFER_BYTES = 1 << 20
_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(tuple[dict[str, Any], dict[str, Any]])
_NUL = b"\\u0000"
_REAL_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


class SeedScratch:
    """Satisfies the `SeedSource` port with two files that have no name: the seeds, and where each of them begins.

    Having no name, they are gone when they are closed and when the process dies. Writing comes first; reading begins
    once `fields` are set.

    Args:
        folder: where the files are; the system's folder for temporary ones where it is None.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._stack = contextlib.ExitStack()
        with disk_errors():
            self._seeds = self._stack.enter_context(unnamed_file(folder))
            self._places = self._stack.enter_context(unnamed_file(folder))
            self._places.write(bytes(_PLACE_BYTES))
        self._lock = threading.Lock()
        self._is_closed = False
        self._total = 0
        self._size_bytes = 0
        self._fields: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        """How many seeds there are."""
        return self._total

    @property
    def fields(self) -> tuple[str, ...]:
        """The columns of every seed."""
        return self._fields

    def append(self, records: Iterable[SeedRecord]) -> None:
        """Write seeds behind those that are there.

        Raises `INVALID_INPUT` with the line for a text that has a NUL character or half a character, `TOO_LARGE`
        beyond 64 GiB, `UNAVAILABLE` where the disk is full, and `INTERNAL` once closed.
        """
        waiting: list[bytes] = []
        for record in records:
            waiting.append(_encoded(record))
            if len(waiting) == _WRITTEN_AT_ONCE:
                self._write(waiting)
                waiting.clear()
        self._write(waiting)

    def finish(self, fields: Sequence[str]) -> None:
        """Say which columns seeds have; what a seed leaves out is null."""
        with self._lock, disk_errors():
            self._require_open()
            self._seeds.flush()
            self._places.flush()
            self._fields = tuple(fields)

    async def read(self, numbers: Sequence[int]) -> list[Seed]:
        """Return the seeds of these numbers in the order asked."""
        return await asyncio.to_thread(self._read, tuple(numbers))

    async def aclose(self) -> None:
        """Remove both files; closing twice is harmless."""
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        with self._lock:
            self._is_closed = True
            # What was not written is not wanted any more, and neither is the error of a full disk.
            with contextlib.suppress(OSError):
                self._stack.close()

    def _write(self, encoded: list[bytes]) -> None:
        places = array("Q")
        size = self._size_bytes
        for line in encoded:
            size += len(line)
            places.append(size)
        if size > MAX_SCRATCH_BYTES:
            raise TextNLPError(
                f"The seeds have more than {MAX_SCRATCH_BYTES:,} bytes.",
                kind=ErrorKind.TOO_LARGE,
                facts=ErrorFacts(field="seeds"),
            )
        with self._lock, disk_errors():
            self._require_open()
            self._seeds.writelines(encoded)
            self._places.write(places.tobytes())
        self._size_bytes = size
        self._total += len(encoded)

    def _read(self, numbers: Sequence[int]) -> list[Seed]:
        # Under the lock, because closing would give the files' descriptors to others.
        with self._lock, disk_errors():
            self._require_open()
            raw = [self._raw(number) for number in numbers]
        return [self._seed(number, data) for number, data in zip(numbers, raw, strict=True)]

    def _raw(self, number: int) -> bytes:
        if not 0 <= number < self._total:
            raise TextNLPError(f"There is no seed {number} among {self._total}.", kind=ErrorKind.INTERNAL)
        begin, end = array("Q", os.pread(self._places.fileno(), 2 * _PLACE_BYTES, number * _PLACE_BYTES))
        return os.pread(self._seeds.fileno(), end - begin, begin)

    def _seed(self, number: int, data: bytes) -> Seed:
        values, origin = _DECODER.decode(data)
        return Seed(number=number, values={field: values.get(field) for field in self._fields}, origin=origin)

    def _require_open(self) -> None:
        if self._is_closed:
            raise TextNLPError("The seeds are closed.", kind=ErrorKind.INTERNAL)


@contextlib.contextmanager
def disk_errors() -> Generator[None]:
    """Turn errors of the disk that seeds are written to into `UNAVAILABLE`."""
    try:
        yield
    except OSError as exc:
        raise TextNLPError(
            f"Seeds cannot be written aside: {exc.strerror or type(exc).__name__}.",
            kind=ErrorKind.UNAVAILABLE,
            facts=ErrorFacts(hint="Look whether the folder for temporary files has space and may be written to."),
        ) from exc


def unnamed_file(folder: Path | None) -> BinaryIO:
    """Open a file without a name for writing and reading; it is gone when it is closed."""
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    file = tempfile.TemporaryFile(prefix="textnlp-seeds-", buffering=_BUFFER_BYTES, dir=folder)  # noqa: SIM115  returned
    return cast("BinaryIO", file)


def _encoded(record: SeedRecord) -> bytes:
    try:
        encoded = _ENCODER.encode((record.values, record.origin))
    except UnicodeEncodeError as exc:
        raise _unusable(record, "half a character (a surrogate)") from exc
    if _NUL in encoded and _REAL_NUL.search(encoded):
        raise _unusable(record, "a NUL character (U+0000)")
    return encoded


def _unusable(record: SeedRecord, what: str) -> TextNLPError:
    file, line = record.origin.get("file"), record.origin.get("line")
    place = f"{file}, line {line}" if line else file or "A row of the recipe"
    return TextNLPError(
        f"{place}: a value has {what}.",
        kind=ErrorKind.INVALID_INPUT,
        facts=ErrorFacts(field="seeds.path" if file else "seeds.rows", line=line),
    )
