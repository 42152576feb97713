"""Let checks look at rows without holding up the event loop."""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from textnlp.domain.validation.row_checks import CheckedRow, RowChecks

_Found = TypeVar("_Found")


async def look_at_rows(checks: RowChecks, rows: Sequence[Mapping[str, Any]]) -> list[CheckedRow]:
    """Return what checks say of rows; those that wait for somebody's answer wait in a thread."""
    return await wait_in_thread(lambda: checks.look(rows)) if checks.is_waiting else checks.look(rows)


async def wait_in_thread(look: Callable[[], _Found]) -> _Found:
    """Return what `look` returns, from a thread of its own.

    The few threads that an event loop keeps for short work are left to it: an answer may take minutes. Where nobody
    waits any more, the thread ends by itself.
    """
    loop = asyncio.get_running_loop()
    found: asyncio.Future[_Found] = loop.create_future()

    def tell(put: Callable[[Any], None], value: object) -> None:
        if not found.done():
            put(value)

    def run() -> None:
        try:
            put, value = found.set_result, look()
        except BaseException as exc:  # noqa: BLE001  whoever waits gets it
            put, value = found.set_exception, exc
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(tell, put, value)

    threading.Thread(target=run, name="look at rows", daemon=True).start()
    return await found
