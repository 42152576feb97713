"""The catalog of a folder, or of the platform that has the dataset."""

import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from textnlp.cli.dataset_folder import is_remote
from textnlp.cli.local_catalog import LocalCatalog
from textnlp.cli.run_loop import run_interruptible
from textnlp.client.dataset_catalog import AsyncDatasetCatalog
from textnlp.client.datasets import AsyncDatasets


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCatalog:
    """What answers for a dataset, here or on a platform; of a folder both are the same."""

    datasets: LocalCatalog | AsyncDatasets
    said: LocalCatalog | AsyncDatasetCatalog


_Result = TypeVar("_Result")


def ask_catalog(dataset: str, server: str | None, ask: Callable[[OpenCatalog], Awaitable[_Result]]) -> _Result:
    """Return what `ask` learns from the catalog that has the dataset."""
    remote = is_remote(dataset, server)

    async def answered() -> _Result:
        async with _opened(dataset, server if remote else None, is_away=remote) as catalog:
            return await ask(catalog)

    return run_interruptible(answered)


@contextlib.asynccontextmanager
async def _opened(dataset: str, server: str | None, *, is_away: bool) -> AsyncGenerator[OpenCatalog]:
    if not is_away:
        local = LocalCatalog(Path(dataset))
        yield OpenCatalog(datasets=local, said=local)
        return
    from textnlp.cli.server_client import open_client  # noqa: PLC0415  folders need no settings
    from textnlp.settings import read_settings  # noqa: PLC0415  as above

    async with open_client(read_settings(server=server)) as client:
        yield OpenCatalog(datasets=client.datasets, said=client.dataset_catalog)
