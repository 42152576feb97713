"""What a response was streamed from is closed when the response has been sent."""

from collections.abc import AsyncGenerator
from typing import Any

from litestar.background_tasks import BackgroundTask


def closed_after(source: AsyncGenerator[Any]) -> BackgroundTask:
    """Return the task that closes `source`.

    `source.aclose` itself would not do: it is no coroutine function, so it would be called in a thread and never
    awaited.
    """

    async def close() -> None:
        await source.aclose()

    return BackgroundTask(close)
