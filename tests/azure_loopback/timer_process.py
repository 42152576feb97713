"""One tick of a timer of the function app, in a process of its own: the name of the timer is the argument.

Usage is added up when it is a minute old; the app's clock is ahead by more, so that nobody has to wait.
"""

import asyncio
import contextlib
import sys
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import datetime, timedelta

from tests.doubles.functions_host import FunctionsHost
from textnlp.adapters.clock.system import SystemClock
from textnlp.bootstrap.platform import Platform
from textnlp.functions.app import build_app
from textnlp.functions.hold import PlatformHold, platform_of_environment

_AHEAD = timedelta(minutes=5)


class _ClockAhead(SystemClock):
    def now(self) -> datetime:
        return super().now() + _AHEAD


@contextlib.asynccontextmanager
async def _ahead() -> AsyncGenerator[Platform]:
    async with platform_of_environment() as platform:
        yield replace(platform, clock=_ClockAhead())


async def tick(name: str) -> None:
    """Let the timer go off, and close what the function opened."""
    async with contextlib.aclosing(PlatformHold(_ahead)) as hold:
        await FunctionsHost(build_app(hold)).tick(name)


if __name__ == "__main__":
    asyncio.run(tick(sys.argv[1]))
