"""Blocking calls, made outside the event loop."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

_Result = TypeVar("_Result")


class CallThreads:
    """A few threads of one store.

    A cancelled caller gets its cancellation only after the call in the thread has ended, so that whatever it does
    next, such as closing a file, does not meet a call still at work on it.
    """

    def __init__(self, name: str, *, threads: int = 8) -> None:
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix=name)

    async def run(self, call: Callable[[], _Result]) -> _Result:
        """Return what `call` returns, or raise what it raises."""
        future = asyncio.get_running_loop().run_in_executor(self._executor, call)
        try:
            return await asyncio.shield(future)
        except asyncio.CancelledError:
            await asyncio.wait([future])
            if not future.cancelled():
                future.exception()
            raise

    def close(self) -> None:
        """Let the threads end with the calls they are at."""
        self._executor.shutdown(wait=False)
