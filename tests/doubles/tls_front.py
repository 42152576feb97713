"""Ends TLS before a server of this machine that was built without it.

The bytes behind it are the server's own. For PostgreSQL it first answers the request for TLS, as the protocol has it:
https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-SSL
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from pathlib import Path

from tests.doubles.certificates import Certificates

_WANTS_TLS = (8).to_bytes(4, "big") + (80_877_103).to_bytes(4, "big")
_PIECE_BYTES = 1 << 16
_TURNS_TO_CLOSE = 5
"""A transport that is given up closes on a later turn of the loop."""

Target = Path | tuple[str, int]
"""A socket file, or a host and port."""


@contextlib.asynccontextmanager
async def running_tls_front(
    certificates: Certificates, target: Target, *, is_postgres: bool = False, port: int = 0
) -> AsyncGenerator[int]:
    """Listen on the loopback interface, and yield the port; what does not begin TLS is hung up on.

    When the block ends, every connection breaks in the middle of whatever goes over it.
    """
    context = certificates.server_context
    serving: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        serving.add(task)
        task.add_done_callback(serving.discard)
        try:
            if is_postgres and not await _begins_tls(reader, writer):
                return
            await writer.start_tls(context)
            await _join(reader, writer, target)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            return
        finally:
            writer.transport.abort()

    server = await asyncio.start_server(serve, "127.0.0.1", port)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)
        for _ in range(_TURNS_TO_CLOSE):
            await asyncio.sleep(0)


async def _begins_tls(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
    if await reader.readexactly(len(_WANTS_TLS)) != _WANTS_TLS:
        return False
    writer.write(b"S")
    await writer.drain()
    return True


async def _join(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, target: Target) -> None:
    """Carry bytes both ways until one side ends."""
    if isinstance(target, Path):
        back_reader, back_writer = await asyncio.open_unix_connection(target)
    else:
        back_reader, back_writer = await asyncio.open_connection(*target)
    pumps = [asyncio.create_task(_pump(reader, back_writer)), asyncio.create_task(_pump(back_reader, writer))]
    try:
        await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
    finally:
        back_writer.transport.abort()
        for pump in pumps:
            pump.cancel()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while piece := await reader.read(_PIECE_BYTES):
            writer.write(piece)
            await writer.drain()
