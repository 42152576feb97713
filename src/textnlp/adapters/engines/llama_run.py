"""One generation of llama.cpp, in a thread of its own."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any

from textnlp.adapters.engines.llama_server import LlamaServer
from textnlp.domain.errors import ErrorKind, TextNLPError


class LlamaRun:
    """Brings the pieces of one answer from the generating thread to the event loop.

    A thread a run instead of a pool: at the end of the process the threads of a pool are waited for before anything
    tells them to stop, while a plain thread can see that the main thread has ended.

    Args:
        body: the request as JSON, asking for a stream.
        on_end: called on the event loop when the thread has ended.
    """

    def __init__(self, body: bytes, *, on_end: Callable[["LlamaRun"], None]) -> None:
        self._body = body
        self._on_end = on_end
        self._loop = asyncio.get_running_loop()
        self._pieces: asyncio.Queue[bytes | Exception | None] = asyncio.Queue()
        self._is_stopped = False
        self.ended = asyncio.Event()

    def start(self, server: LlamaServer) -> None:
        """Begin to generate."""
        threading.Thread(target=self._work, args=(server,), name="textnlp-generation").start()

    def stop(self) -> None:
        """End the generation at its next token; harmless when it has ended."""
        self._is_stopped = True

    async def next_piece(self) -> bytes | None:
        """Return the next piece, None after the last one; raise `UNAVAILABLE` when llama.cpp failed."""
        piece = await self._pieces.get()
        if isinstance(piece, Exception):
            raise TextNLPError(f"llama.cpp failed: {piece}.", kind=ErrorKind.UNAVAILABLE) from piece
        return piece

    def _work(self, server: LlamaServer) -> None:
        try:
            server.handle_chat_completions(self._body, self._take)
        except Exception as exc:  # noqa: BLE001  raised where the answer is waited for
            self._call_on_loop(self._pieces.put_nowait, exc)
        del server
        self._call_on_loop(self._end, None)

    def _take(self, piece: bytes) -> bool:
        if self._is_stopped or not threading.main_thread().is_alive():
            return True
        return not self._call_on_loop(self._pieces.put_nowait, piece)

    def _end(self, _: None) -> None:
        self._pieces.put_nowait(None)
        self.ended.set()
        self._on_end(self)

    def _call_on_loop(self, function: Callable[[Any], None], argument: object) -> bool:
        """Return False where the loop is closed, so that nobody waits any more."""
        try:
            self._loop.call_soon_threadsafe(function, argument)
        except RuntimeError:
            return False
        return True
