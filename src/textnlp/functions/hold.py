"""The platform behind the functions of one worker process."""

import asyncio
import contextlib
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from textnlp.application.watch_budgets import BudgetWatch
from textnlp.bootstrap.platform import Platform, PlatformOptions, open_platform
from textnlp.settings import read_settings
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.workloads import FUNCTIONS

PlatformOpener = Callable[[], AbstractAsyncContextManager[Platform]]
"""Opens the platform on the running event loop."""


class PlatformHold:
    """Opens the platform when the first function is called, and keeps it for all that follow.

    Functions of one process run on one event loop, several at a time; they share what is open. An attempt to open that
    fails is made again by the next call. Nothing is read or connected when functions are merely indexed.
    """

    def __init__(self, opener: PlatformOpener) -> None:
        self._opener = opener
        self._lock = asyncio.Lock()
        self._stack = contextlib.AsyncExitStack()
        self._platform: Platform | None = None
        self._budgets: BudgetWatch | None = None

    async def platform(self) -> Platform:
        """Return the platform, open; raise what opening it raises."""
        async with self._lock:
            if self._platform is None:
                self._platform = await self._stack.enter_async_context(self._opener())
            return self._platform

    async def budgets(self) -> BudgetWatch:
        """Return what this process has seen of budgets."""
        platform = await self.platform()
        if self._budgets is None:
            self._budgets = BudgetWatch(platform.meter)
        return self._budgets

    async def aclose(self) -> None:
        """Close the platform, should it be open; closing twice is harmless."""
        self._platform = self._budgets = None
        await self._stack.aclose()


def platform_of_environment() -> AbstractAsyncContextManager[Platform]:
    """Open the platform that the environment describes, with its ledgers of usage."""
    connections = TOPOLOGY.process(FUNCTIONS).database_connections
    return open_platform(
        read_settings(), PlatformOptions(takes_calls=True, process=FUNCTIONS, database_connections=connections)
    )
