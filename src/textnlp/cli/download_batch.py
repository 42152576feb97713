"""Fetch the files of a batch from a platform, checked, all of them or none."""

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import IO, Any

import msgspec

from textnlp.cli.remote_batch import read_batch
from textnlp.client import AsyncClient
from textnlp.domain.batches.model import Batch, ResultFile
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.ports.result_files import ERRORS_JSONL, MANIFEST_JSON, RESULT_FILE_NAMES

_LARGEST_MANIFEST_BYTES = 64 << 20


class _Manifest(msgspec.Struct):
    """What a manifest says of the files beside it."""

    batch_id: str
    files: list[ResultFile]


async def download_batch(client: AsyncClient, batch_id: str, out: Path) -> Batch:
    """Leave in folder `out` what `batch run` leaves there; return the batch.

    Every file is fetched under another name and held against size and hash in the manifest before the first one gets
    its own name; the manifest comes last. Raises `CONFLICT` while the batch has not ended and for a folder with the
    files of another batch, `BAD_RESPONSE` for a file that is not what the manifest says.
    """
    batch = read_batch(await client.batches.show(batch_id))
    manifest = await _whole(client.batches.fetch_file(batch_id, MANIFEST_JSON))
    files = _listed(manifest, batch_id)
    await asyncio.to_thread(_prepare, out, batch_id)
    partial = {file.name: out / f".{file.name}.partial" for file in files}
    try:
        for file in files:
            await _fetch(client, batch_id, file, partial[file.name])
        await asyncio.to_thread(_put_in_place, out, partial, manifest)
    finally:
        await asyncio.to_thread(_remove, list(partial.values()))
    return batch


async def _whole(pieces: AsyncGenerator[bytes]) -> bytes:
    body = bytearray()
    async with contextlib.aclosing(pieces):
        async for piece in pieces:
            body += piece
            if len(body) > _LARGEST_MANIFEST_BYTES:
                raise _bad("The manifest is too large to be one.")
    return bytes(body)


def _listed(manifest: bytes, batch_id: str) -> list[ResultFile]:
    """Return the files that a manifest lists; a name that no batch has would be written anywhere."""
    try:
        read = msgspec.json.decode(manifest, type=_Manifest)
    except msgspec.DecodeError as exc:
        raise _bad(f"The manifest of {batch_id} cannot be read: {exc}.") from exc
    names = {file.name for file in read.files}
    if read.batch_id != batch_id or not names <= set(RESULT_FILE_NAMES) - {MANIFEST_JSON}:
        raise _bad(f"The manifest of {batch_id} is not that of a batch of this name: {read.batch_id}, {sorted(names)}.")
    return read.files


async def _fetch(client: AsyncClient, batch_id: str, file: ResultFile, path: Path) -> None:
    digest = hashlib.sha256()
    size_bytes = 0
    handle = await asyncio.to_thread(_created, path)
    with handle:
        async with contextlib.aclosing(client.batches.fetch_file(batch_id, file.name)) as pieces:
            async for piece in pieces:
                digest.update(piece)
                size_bytes += len(piece)
                await asyncio.to_thread(_written, handle, piece)
    if (size_bytes, digest.hexdigest()) != (file.size_bytes, file.sha256):
        raise _bad(
            f"{file.name} came with {size_bytes:,} bytes and SHA-256 {digest.hexdigest()}, "
            f"the manifest says {file.size_bytes:,} bytes and {file.sha256}.",
        )


def _prepare(out: Path, batch_id: str) -> None:
    """Make the folder; refuse one whose manifest speaks of another batch."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        document: Any = msgspec.json.decode((out / MANIFEST_JSON).read_bytes())
        other = document["batch_id"]
    except FileNotFoundError:
        return
    except OSError as exc:
        raise _cannot_write(out, exc) from exc
    except (msgspec.DecodeError, KeyError, TypeError):
        other = "something else"
    if other != batch_id:
        raise TextNLPError(
            f"{out} holds the files of {other}.",
            kind=ErrorKind.CONFLICT,
            facts=ErrorFacts(hint="Choose another folder: --out DIR.", field="out"),
        )


def _put_in_place(out: Path, partial: dict[str, Path], manifest: bytes) -> None:
    """Give the files their names; as long as that lasts there is no manifest that speaks of them."""
    try:
        (out / MANIFEST_JSON).unlink(missing_ok=True)
        for name, path in partial.items():
            path.replace(out / name)
        if ERRORS_JSONL not in partial:
            (out / ERRORS_JSONL).unlink(missing_ok=True)
        waiting = out / f".{MANIFEST_JSON}.partial"
        waiting.write_bytes(manifest)
        waiting.replace(out / MANIFEST_JSON)
    except OSError as exc:
        raise _cannot_write(out, exc) from exc


def _created(path: Path) -> IO[bytes]:
    try:
        return path.open("wb")
    except OSError as exc:
        raise _cannot_write(path.parent, exc) from exc


def _written(file: IO[bytes], piece: bytes) -> None:
    try:
        file.write(piece)
    except OSError as exc:
        raise _cannot_write(Path(file.name).parent, exc) from exc


def _remove(paths: list[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)


def _bad(message: str) -> TextNLPError:
    hint = "Nothing was written. Download again; if it stays so, the platform's files are damaged."
    return TextNLPError(message, kind=ErrorKind.BAD_RESPONSE, facts=ErrorFacts(hint=hint))


def _cannot_write(out: Path, exc: OSError) -> TextNLPError:
    return TextNLPError(
        f"Cannot write to {out}: {exc.strerror}.",
        kind=ErrorKind.INVALID_INPUT,
        facts=ErrorFacts(hint="Choose a folder that you may write to, with room: --out DIR.", field="out"),
    )
