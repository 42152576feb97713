"""Stands between a client and a server, and makes the line between them slow, or leaves it open and dead."""

import asyncio
import contextlib
from types import TracebackType
from typing import Self

_PIECE_BYTES = 1 << 14


class TcpProxy:
    """Passes bytes on, both ways, while it is not frozen.

    A frozen proxy still takes connections and passes nothing on: to both sides the line looks open, as one does whose
    other end lost power.

    Args:
        target: host and port of the server, or the path of its socket.
        delay_seconds: how long each piece is held back.
        piece_bytes: the most that is passed on at a time.
    """

    def __init__(
        self, target: tuple[str, int] | str, *, delay_seconds: float = 0.0, piece_bytes: int = _PIECE_BYTES
    ) -> None:
        self._target = target
        self._delay_seconds = delay_seconds
        self._piece_bytes = piece_bytes
        self._thawed = asyncio.Event()
        self._thawed.set()
        self._server: asyncio.Server | None = None
        self._lines: set[asyncio.Task[None]] = set()

    @property
    def port(self) -> int:
        assert self._server is not None
        return self._server.sockets[0].getsockname()[1]

    def freeze(self) -> None:
        self._thawed.clear()

    def thaw(self) -> None:
        self._thawed.set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        for line in self._lines:
            line.cancel()
        await asyncio.gather(*self._lines, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = asyncio.current_task()
        assert line is not None
        self._lines.add(line)
        line.add_done_callback(self._lines.discard)
        ends = [writer]
        try:
            with contextlib.suppress(OSError, asyncio.CancelledError):
                await self._thawed.wait()
                far_reader, far_writer = await self._connected()
                ends.append(far_writer)
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(self._pass(reader, far_writer))
                    tasks.create_task(self._pass(far_reader, writer))
        finally:
            for end in ends:
                end.transport.abort()

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if isinstance(self._target, str):
            return await asyncio.open_unix_connection(self._target)
        return await asyncio.open_connection(*self._target)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while piece := await reader.read(self._piece_bytes):
                if self._delay_seconds:
                    await asyncio.sleep(self._delay_seconds)
                await self._thawed.wait()
                writer.write(piece)
                await writer.drain()
            writer.close()
