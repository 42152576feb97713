"""A PostgreSQL server of somebody's own, for as long as it takes."""

import contextlib
from collections.abc import AsyncGenerator
from pathlib import Path

from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.database.embedded import EmbeddedPostgres


@contextlib.asynccontextmanager
async def scratch_database(folder: Path) -> AsyncGenerator[str]:
    """Start a server whose files are in `folder`, and yield the address of its database."""
    server = EmbeddedPostgres(folder, clock=SystemClock())
    try:
        yield await server.ensure_running()
    finally:
        await server.release()
