"""Wires the registry of models, without a platform around it."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from functools import partial
from pathlib import Path

from textnlp.application.model_registry import FileSource, ModelRegistry
from textnlp.bootstrap.blob_wiring import open_blobs
from textnlp.bootstrap.clock import SYSTEM_CLOCK
from textnlp.domain.errors import invalid_input
from textnlp.settings import Settings

_PIECE_BYTES = 1 << 20


@contextlib.asynccontextmanager
async def open_model_registry(settings: Settings) -> AsyncGenerator[ModelRegistry]:
    """Open the registry of the settings' blobs alone, beside a platform that may run on them or not."""
    async with contextlib.AsyncExitStack() as stack:
        yield ModelRegistry(await open_blobs(stack, settings), clock=SYSTEM_CLOCK)


def file_sources(paths: list[Path]) -> dict[str, FileSource]:
    """Return what reads files, and the files of folders, by name; raise `INVALID_INPUT` for two of one name."""
    found: dict[str, FileSource] = {}
    for path in (file for given in paths for file in _files(given)):
        if path.name in found:
            raise invalid_input(f"Two files are called {path.name}.", field="files")
        found[path.name] = partial(_pieces, path)
    return found


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(file for file in path.iterdir() if file.is_file() and not file.name.startswith("."))
    if not path.is_file():
        raise invalid_input(f"There is no file {path}.", field="files")
    return [path]


async def _pieces(path: Path) -> AsyncGenerator[bytes]:
    file = await asyncio.to_thread(path.open, "rb")
    with file:
        while piece := await asyncio.to_thread(file.read, _PIECE_BYTES):
            yield piece
