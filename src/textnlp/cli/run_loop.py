"""Run a coroutine on the fast event loop, and stop it cleanly on Ctrl-C or SIGTERM."""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from typing import TypeVar

import uvloop

_Result = TypeVar("_Result")


def run_interruptible(main: Callable[[], Awaitable[_Result]]) -> _Result:
    """Run `main()` to its end.

    The first SIGINT or SIGTERM cancels it and lets it clean up, a second one ends the process at once. Raises
    `KeyboardInterrupt` when it was cancelled that way.
    """
    was_asked = False

    async def supervised() -> _Result:
        task = asyncio.ensure_future(main())
        loop = asyncio.get_running_loop()

        def ask() -> None:
            nonlocal was_asked
            was_asked = True
            task.cancel()
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.remove_signal_handler(number)

        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, ask)
        return await task

    try:
        return uvloop.run(supervised())
    except asyncio.CancelledError:
        if was_asked:
            raise KeyboardInterrupt from None
        raise
