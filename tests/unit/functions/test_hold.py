import asyncio
import contextlib
from collections.abc import AsyncGenerator

import pytest

from tests.factories.memory_platform import memory_platform
from textnlp.bootstrap.platform import Platform
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.functions.hold import PlatformHold


class Openings:
    """Opens a platform in memory, and counts."""

    def __init__(self, *, failures: int = 0) -> None:
        self.failures = failures
        self.opened = 0
        self.closed = 0

    @contextlib.asynccontextmanager
    async def __call__(self) -> AsyncGenerator[Platform]:
        await asyncio.sleep(0)
        if self.failures:
            self.failures -= 1
            raise TextNLPError("The database is away.", kind=ErrorKind.UNAVAILABLE)
        self.opened += 1
        yield memory_platform()
        self.closed += 1


async def test_functions_that_run_at_once_share_one_platform() -> None:
    openings = Openings()
    hold = PlatformHold(openings)
    assert openings.opened == 0
    first, second = await asyncio.gather(hold.platform(), hold.platform())
    assert first is second
    assert await hold.budgets() is await hold.budgets()
    await hold.aclose()
    await hold.aclose()
    assert (openings.opened, openings.closed) == (1, 1)


async def test_a_platform_that_could_not_be_opened_is_opened_by_the_next_call() -> None:
    openings = Openings(failures=1)
    hold = PlatformHold(openings)
    with pytest.raises(TextNLPError):
        await hold.platform()
    assert await hold.platform()
    assert openings.opened == 1
