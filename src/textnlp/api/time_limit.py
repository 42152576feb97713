"""How long a call may take."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from textnlp.domain.errors import ErrorKind, TextNLPError

_Result = TypeVar("_Result")


async def in_time(work: Awaitable[_Result], *, timeout_seconds: float) -> _Result:
    """Return what `work` returns; cancel it and raise `TIMEOUT` when it takes longer."""
    try:
        async with asyncio.timeout(timeout_seconds):
            return await work
    except TimeoutError as exc:
        raise TextNLPError(f"There was no answer within {timeout_seconds:g} seconds.", kind=ErrorKind.TIMEOUT) from exc
