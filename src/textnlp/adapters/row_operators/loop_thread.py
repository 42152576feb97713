"""An event loop for operators, which block, to wait on."""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from textnlp.domain.errors import ErrorKind, TextNLPError

_Answer = TypeVar("_Answer")


class LoopThread:
    """Runs coroutines in a thread of its own, which starts with the first of them.

    Any thread may wait, but none that runs an event loop should: it would hold up everything there.
    """

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._is_closed = False
        self._lock = threading.Lock()

    def wait_for(self, work: Coroutine[Any, Any, _Answer], *, seconds: float | None = None) -> _Answer:
        """Return what `work` returns; cancel it where the waiting thread is interrupted.

        Raises `TIMEOUT` where it takes longer than `seconds`, and `UNAVAILABLE` after `close`.
        """
        try:
            loop = self._running_loop()
        except TextNLPError:
            work.close()
            raise
        waiting = asyncio.run_coroutine_threadsafe(_bounded(work, seconds), loop)
        try:
            return waiting.result()
        except BaseException:
            waiting.cancel()
            raise

    def close(self, *, last: Callable[[], Coroutine[Any, Any, None]] | None = None) -> None:
        """Run `last`, unless nothing was run before; end the thread, and what still runs in it.

        Closing twice is harmless.
        """
        with self._lock:
            self._is_closed = True
            loop, thread = self._loop, self._thread
            self._loop = self._thread = None
        if loop is None or thread is None:
            return
        try:
            if last is not None:
                asyncio.run_coroutine_threadsafe(last(), loop).result()
        finally:
            loop.call_soon_threadsafe(loop.stop)
            thread.join()

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._is_closed:
                raise TextNLPError("The checks are closed.", kind=ErrorKind.UNAVAILABLE)
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(target=_run, args=(self._loop,), name="checks", daemon=True)
                self._thread.start()
            return self._loop


async def _bounded(work: Coroutine[Any, Any, _Answer], seconds: float | None) -> _Answer:
    limit = asyncio.timeout(seconds)
    try:
        async with limit:
            return await work
    except TimeoutError as exc:
        if not limit.expired():
            raise
        message = f"The checks that ask somebody took longer than {seconds:g} s."
        raise TextNLPError(message, kind=ErrorKind.TIMEOUT) from exc


def _run(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_forever()
        left = asyncio.all_tasks(loop)
        for task in left:
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.run_until_complete(loop.shutdown_default_executor())
    finally:
        loop.close()
