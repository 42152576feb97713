"""A worker for generations as a process of its own, with the settings of its environment."""

import asyncio
import contextlib
import signal

from textnlp.bootstrap import PlatformOptions, open_platform
from textnlp.bootstrap.log_wiring import configure_logging
from textnlp.settings import read_settings
from textnlp.workers.generation_service import serve_generations


async def main() -> None:
    settings = read_settings()
    configure_logging(settings)
    over = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, over.set)
    async with open_platform(settings, PlatformOptions(takes_calls=True, process="generation-worker")) as platform:
        working = asyncio.create_task(serve_generations(platform))
        print("ready", flush=True)  # noqa: T201  whoever started it waits for this
        await over.wait()
        working.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await working


if __name__ == "__main__":
    asyncio.run(main())
