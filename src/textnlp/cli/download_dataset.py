"""Fetch a version of a dataset from a platform, verified, whole or not at all."""

import asyncio
import contextlib
import shutil
from pathlib import Path

from textnlp.bootstrap.dataset_wiring import verify_version
from textnlp.client import AsyncClient
from textnlp.domain.datasets.layout import MANIFEST, SIGNATURE
from textnlp.domain.datasets.manifest import decode_manifest, is_plain_path
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError


async def download_version(client: AsyncClient, dataset_id: str, version: int, out: Path) -> Path:
    """Leave a version in the folder `out`/v<version>, as `textnlp run` would, and return that folder.

    It is fetched under another name, and gets its own once signature, sizes, hashes and counts are right. Raises
    `CONFLICT` for a folder that is there, `BAD_RESPONSE` for files that are not what the manifest says.
    """
    folder = out / f"v{version}"
    if folder.exists():
        raise TextNLPError(
            f"{folder} is there already.",
            kind=ErrorKind.CONFLICT,
            facts=ErrorFacts(hint="Choose another folder: --out DIR.", field="out"),
        )
    partial = out / f".v{version}.partial"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        await _fetch(client, dataset_id, version, MANIFEST, partial)
        await _fetch(client, dataset_id, version, SIGNATURE, partial)
        for file in decode_manifest((partial / MANIFEST).read_bytes()).files:
            if not is_plain_path(file.path):
                raise _bad(f"the manifest names {file.path!r}, which lies outside")
            await _fetch(client, dataset_id, version, file.path, partial)
        findings = await asyncio.to_thread(verify_version, partial)
        if findings:
            raise _bad(f"{findings[0].path} {findings[0].message}")
        partial.replace(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return folder


async def _fetch(client: AsyncClient, dataset_id: str, version: int, path: str, folder: Path) -> None:
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    pieces = client.datasets.fetch_file(dataset_id, str(version), path)
    with target.open("wb") as file:
        async with contextlib.aclosing(pieces):
            async for piece in pieces:
                await asyncio.to_thread(file.write, piece)


def _bad(reason: str) -> TextNLPError:
    return TextNLPError(f"What the platform sent is not what it signed: {reason}.", kind=ErrorKind.BAD_RESPONSE)
