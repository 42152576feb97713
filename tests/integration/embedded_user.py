"""A process that uses the embedded server of a folder: `python -m tests.integration.embedded_user FOLDER`.

Prints the connection string once the server answers, then keeps the server running until its input ends, leaves it
and prints `left`.
"""

import asyncio
import sys
from pathlib import Path

from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.database.embedded import EmbeddedPostgres


async def use(folder: Path) -> None:
    """Use the server until the input ends."""
    server = EmbeddedPostgres(folder, clock=SystemClock())
    print(await server.ensure_running(), flush=True)  # noqa: T201  # its way of telling
    watching = asyncio.create_task(server.watch())
    await asyncio.to_thread(sys.stdin.read)
    await server.release()
    await watching
    print("left", flush=True)  # noqa: T201


if __name__ == "__main__":
    asyncio.run(use(Path(sys.argv[1])))
