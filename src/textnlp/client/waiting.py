"""Pauses between attempts; the client stands alone, without the clock of the platform."""

import asyncio
import time
from collections.abc import Awaitable, Callable

Wait = Callable[[float], None]
AsyncWait = Callable[[float], Awaitable[None]]


def wait(seconds: float) -> None:
    """Do nothing for a while."""
    time.sleep(seconds)


async def wait_aside(seconds: float) -> None:
    """Do nothing for a while, and let others work."""
    await asyncio.sleep(seconds)
