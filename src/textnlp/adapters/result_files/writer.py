"""The files of a finished batch, written through a blob store."""

import contextlib
import hashlib
import io
import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any

from typing_extensions import Buffer

from textnlp.domain.batches.model import ResultFile, RowOutcome, RowState
from textnlp.domain.batches.records import parse_accepted
from textnlp.ports.blob_store import BlobStore, BlobWriter
from textnlp.ports.result_files import ERRORS_JSONL, GENERATIONS_JSONL, GENERATIONS_PARQUET, MANIFEST_JSON

_ROWS_A_GROUP = 10_000


class _HashedFile:
    """A blob that is being written, with the facts that the manifest needs."""

    def __init__(self, writer: BlobWriter) -> None:
        self._writer = writer
        self._digest = hashlib.sha256()
        self.size_bytes = 0
        self.rows = 0

    async def write(self, data: bytes, *, rows: int) -> None:
        """Append bytes that stand for `rows` rows."""
        if data:
            self._digest.update(data)
            self.size_bytes += len(data)
            await self._writer.write(data)
        self.rows += rows

    def facts(self, name: str) -> ResultFile:
        return ResultFile(name=name, size_bytes=self.size_bytes, sha256=self._digest.hexdigest(), rows=self.rows)


class BlobResultFiles:
    """Satisfies the `ResultFiles` port: a page of rows is in memory at a time."""

    def __init__(self, blobs: BlobStore) -> None:
        self._blobs = blobs

    async def write(self, prefix: str, outcomes: AsyncGenerator[Sequence[RowOutcome]]) -> list[ResultFile]:
        """Write the lines, the table, and the errors where there are any."""
        await self._blobs.delete(prefix + MANIFEST_JSON)
        async with contextlib.AsyncExitStack() as stack:
            lines = _HashedFile(await stack.enter_async_context(self._blobs.open_writer(prefix + GENERATIONS_JSONL)))
            table = _HashedFile(await stack.enter_async_context(self._blobs.open_writer(prefix + GENERATIONS_PARQUET)))
            parquet = _ParquetPages()
            errors: _HashedFile | None = None
            async with contextlib.aclosing(outcomes):
                async for page in outcomes:
                    accepted = [outcome.record for outcome in page if outcome.state is RowState.ACCEPTED]
                    await lines.write(b"".join([record + b"\n" for record in accepted]), rows=len(accepted))
                    await table.write(parquet.add(accepted), rows=len(accepted))
                    others = [outcome.record + b"\n" for outcome in page if outcome.state is not RowState.ACCEPTED]
                    if others and errors is None:
                        errors = _HashedFile(
                            await stack.enter_async_context(self._blobs.open_writer(prefix + ERRORS_JSONL)),
                        )
                    if errors is not None:
                        await errors.write(b"".join(others), rows=len(others))
            await table.write(parquet.close(), rows=0)
            files = [lines.facts(GENERATIONS_JSONL), table.facts(GENERATIONS_PARQUET)]
        if errors is None:
            await self._blobs.delete(prefix + ERRORS_JSONL)
            return files
        return [*files, errors.facts(ERRORS_JSONL)]

    async def write_manifest(self, prefix: str, manifest: Mapping[str, Any]) -> ResultFile:
        """Write `manifest.json`."""
        document = json.dumps(manifest, indent=1, ensure_ascii=False).encode() + b"\n"
        await self._blobs.put(prefix + MANIFEST_JSON, document)
        digest = hashlib.sha256(document).hexdigest()
        return ResultFile(name=MANIFEST_JSON, size_bytes=len(document), sha256=digest, rows=0)


class _ParquetPages:
    """Turns lines of accepted rows into the bytes of a Parquet file, ten thousand rows a row group."""

    def __init__(self) -> None:
        import pyarrow as pa  # noqa: PLC0415  sixty megabytes that are needed only at the end of a batch
        import pyarrow.parquet as pq  # noqa: PLC0415  as above

        library: Any = pa
        parquet: Any = pq
        self._pa = library
        self._schema = library.schema(
            [
                ("id", library.string()),
                ("text", library.string()),
                ("model", library.string()),
                ("finish_reason", library.string()),
                ("prompt_tokens", library.int64()),
                ("completion_tokens", library.int64()),
                ("attempts", library.int32()),
                ("deployment", library.string()),
            ],
        )
        self._waiting: list[bytes] = []
        self._sink = _Drain()
        self._writer = parquet.ParquetWriter(self._sink, self._schema, compression="zstd")

    def add(self, records: list[bytes]) -> bytes:
        """Add rows and return the bytes that are ready."""
        self._waiting.extend(records)
        if len(self._waiting) >= _ROWS_A_GROUP:
            self._write_group()
        return self._sink.drained()

    def close(self) -> bytes:
        """End the file and return its last bytes."""
        if self._waiting:
            self._write_group()
        self._writer.close()
        return self._sink.drained()

    def _write_group(self) -> None:
        rows = parse_accepted(b"\n".join(self._waiting))
        self._waiting.clear()
        columns = [
            [row.id for row in rows],
            [row.text for row in rows],
            [row.model for row in rows],
            [row.finish_reason.value for row in rows],
            [row.usage.prompt_tokens for row in rows],
            [row.usage.completion_tokens for row in rows],
            [row.attempts for row in rows],
            [row.deployment for row in rows],
        ]
        self._writer.write_table(self._pa.table(columns, schema=self._schema))


class _Drain(io.RawIOBase):
    """A file that is only written to at its end, whose bytes are taken away as they come."""

    def __init__(self) -> None:
        super().__init__()
        self._pieces: list[bytes] = []
        self._position = 0

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def write(self, data: Buffer, /) -> int:
        piece = bytes(data)
        self._pieces.append(piece)
        self._position += len(piece)
        return len(piece)

    def drained(self) -> bytes:
        """Return what was written since the last time."""
        data = b"".join(self._pieces)
        self._pieces.clear()
        return data
