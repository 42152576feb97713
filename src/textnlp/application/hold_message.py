"""Hold a message for as long as the work that it asks for goes on."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable

from textnlp.domain.errors import TextNLPError
from textnlp.domain.messaging.model import ReceivedMessage
from textnlp.ports.clock import Clock
from textnlp.ports.job_queue import JobQueue

_RENEWALS_A_LOCK = 3


@contextlib.asynccontextmanager
async def held(
    queue: JobQueue, message: ReceivedMessage, *, clock: Clock, lock_seconds: float, lease_seconds: float
) -> AsyncGenerator[Callable[[], None]]:
    """Renew the lock of a message while the block runs; yield what the block calls when it has got on.

    The lock is let go `lease_seconds` after the last time that this was called, or after the beginning: work that no
    longer gets on is delivered to somebody else. A lock that cannot be renewed is tried again until it has ended.
    """
    moved_at = clock.monotonic()

    def moved() -> None:
        nonlocal moved_at
        moved_at = clock.monotonic()

    async def renew() -> None:
        pause = lock_seconds / _RENEWALS_A_LOCK
        while clock.monotonic() + pause < moved_at + lease_seconds:
            await clock.sleep(pause)
            with contextlib.suppress(TextNLPError):
                await queue.renew(message)

    renewing = asyncio.create_task(renew(), name="renew message")
    try:
        yield moved
    finally:
        renewing.cancel()
        await asyncio.gather(renewing, return_exceptions=True)
