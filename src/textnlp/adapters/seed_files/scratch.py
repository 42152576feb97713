"""Seeds written aside, so that any of them can be read at once."""

import asyncio
import contextlib
import os
import tempfile
import threading
from array import array
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from textnlp.adapters.seed_files.record import SeedRecord
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.recipes.seed import Seed

MAX_SCRATCH_BYTES = 64 << 30

_PLACE_BYTES = 8
_WRITTEN_AT_ONCE = 4096
_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(tuple[dict[str, Any], dict[str, Any]])


class SeedScratch:
    """Satisfies the `SeedSource` port with two files that have no name: the seeds, and where each of them begins.

    Having no name, they are gone when they are closed and when the process dies. Writing comes first; reading begins
    once `fields` are set.
    """

    def __init__(self) -> None:
        self._stack = contextlib.ExitStack()
        self._seeds = self._stack.enter_context(tempfile.TemporaryFile(prefix="textnlp-seeds-"))
        self._places = self._stack.enter_context(tempfile.TemporaryFile(prefix="textnlp-seeds-"))
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
        """Write seeds behind those that are there; raises `TOO_LARGE` beyond 64 GiB, `CANCELLED` once closed."""
        waiting: list[bytes] = []
        for record in records:
            waiting.append(_encode(record))
            if len(waiting) == _WRITTEN_AT_ONCE:
                self._write(waiting)
                waiting.clear()
        self._write(waiting)

    def finish(self, fields: Sequence[str]) -> None:
        """Say which columns seeds have; what a seed leaves out is null."""
        with self._lock:
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
            self._stack.close()

    def _write(self, encoded: list[bytes]) -> None:
        places = array("Q")
        size = self._size_bytes
        for line in encoded:
            size += len(line)
            places.append(size)
        if size > MAX_SCRATCH_BYTES:
            raise TextNLPError(f"The seeds have more than {MAX_SCRATCH_BYTES:,} bytes.", kind=ErrorKind.TOO_LARGE)
        with self._lock:
            self._require_open()
            self._seeds.writelines(encoded)
            self._places.write(places.tobytes())
        self._size_bytes = size
        self._total += len(encoded)

    def _read(self, numbers: Sequence[int]) -> list[Seed]:
        with self._lock:
            self._require_open()
            raw = [self._raw(number) for number in numbers]
        return [self._seed(number, data) for number, data in zip(numbers, raw, strict=True)]

    def _raw(self, number: int) -> bytes:
        if not 0 <= number < self._total:
            raise IndexError(f"There is no seed {number} among {self._total}.")
        begin, end = array("Q", os.pread(self._places.fileno(), 2 * _PLACE_BYTES, number * _PLACE_BYTES))
        return os.pread(self._seeds.fileno(), end - begin, begin)

    def _seed(self, number: int, data: bytes) -> Seed:
        values, origin = _DECODER.decode(data)
        return Seed(number=number, values={field: values.get(field) for field in self._fields}, origin=origin)

    def _require_open(self) -> None:
        if self._is_closed:
            raise TextNLPError("The seeds are closed.", kind=ErrorKind.CANCELLED)


def _encode(record: SeedRecord) -> bytes:
    return _ENCODER.encode((record.values, record.origin))
