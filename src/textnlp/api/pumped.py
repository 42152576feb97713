"""Runs each asynchronous generator in one task of its own, whoever reads it."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from textnlp.domain.errors import ErrorKind, TextNLPError

_Item = TypeVar("_Item")
_ITEMS_AHEAD = 16


@dataclass(frozen=True, slots=True)
class _End:
    error: Exception | None = None


async def pumped_together(
    sources: Sequence[AsyncGenerator[_Item]],
    *,
    timeout_seconds: float,
) -> AsyncGenerator[tuple[int, _Item]]:
    """Yield what all of `sources` yield, as it comes, each item with the place of its source.

    What one raises is raised here, and `TIMEOUT` when it takes too long in all; the others are closed. A generator
    that holds time-outs or connections must be driven by a single task from beginning to end, while a response is
    begun by one task and sent by another. Closing this one cancels these tasks and closes the sources.
    """
    items: asyncio.Queue[tuple[int, _Item | _End]] = asyncio.Queue(_ITEMS_AHEAD)
    pumping = [
        asyncio.create_task(_pump(source, place, items, timeout_seconds=timeout_seconds), name="stream")
        for place, source in enumerate(sources)
    ]
    running = len(pumping)
    try:
        while running:
            place, item = await items.get()
            if not isinstance(item, _End):
                yield place, item
            elif item.error is not None:
                raise item.error
            else:
                running -= 1
    finally:
        for task in pumping:
            task.cancel()
        await asyncio.gather(*pumping, return_exceptions=True)


async def _pump(
    source: AsyncGenerator[_Item],
    place: int,
    items: asyncio.Queue[tuple[int, _Item | _End]],
    *,
    timeout_seconds: float,
) -> None:
    end = _End()
    try:
        async with asyncio.timeout(timeout_seconds), contextlib.aclosing(source):
            async for item in source:
                await items.put((place, item))
    except TimeoutError:
        message = f"The answer was not complete after {timeout_seconds:g} seconds."
        end = _End(TextNLPError(message, kind=ErrorKind.TIMEOUT))
    except Exception as exc:  # noqa: BLE001  whatever it is, the reader raises it
        end = _End(exc)
    await items.put((place, end))
