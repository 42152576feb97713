"""Take the pictures of the console that the documentation shows: a platform is started, used, and photographed.

Writes docs/images/console-*.png. Needs Chromium, as the tests do.
"""

import asyncio
import tempfile
from pathlib import Path

import aiohttp
from tests.acceptance.served_platform import serve_platform
from tests.browser.visitor import Visitor, open_browser, visit

from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.database.embedded import EmbeddedPostgres
from textnlp.settings import Settings
from textnlp.topology.models import EMBEDDED_MODEL

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
PROMPTS = ROOT / "examples" / "product-reviews.jsonl"
_LONGEST_SECONDS = 300


async def submitted(url: str) -> str:
    """Answer the example's prompts, and return the id of the batch once it has ended."""
    async with aiohttp.ClientSession() as session:
        body = await asyncio.to_thread(PROMPTS.read_bytes)
        answer = await session.post(f"{url}/api/v1/batches", params={"name": PROMPTS.name}, data=body)
        batch: str = (await answer.json())["id"]
        async with asyncio.timeout(_LONGEST_SECONDS), session.get(f"{url}/api/v1/batches/{batch}/events") as events:
            await events.read()
    return batch


async def photograph(visitor: Visitor, path: str, name: str) -> None:
    """Open a page and keep what a window shows of it."""
    await visitor.open(path)
    await visitor.page.wait_for_timeout(500)
    await visitor.page.screenshot(path=IMAGES / f"console-{name}.png")


async def main() -> None:
    """Start, use and photograph."""
    with tempfile.TemporaryDirectory(prefix="textnlp-screens-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        server = EmbeddedPostgres(folder / "postgres", clock=SystemClock())
        dsn = await server.ensure_running()
        settings = Settings(data_dir=folder, database_url=dsn, model=EMBEDDED_MODEL.name, authentication=False)
        try:
            async with serve_platform(dsn, folder, settings=settings) as (_, served), open_browser() as browser:
                batch = await submitted(served.url)
                async with visit(browser, served.url) as visitor:
                    await photograph(visitor, f"/console/batches/{batch}", "batch")
                    await photograph(visitor, f"/console/batches/{batch}/rows/3", "row")
                    await photograph(visitor, "/console/monitor?span=1h", "monitor")
                async with visit(browser, served.url, phone=True, scheme="dark") as visitor:
                    await photograph(visitor, f"/console/batches/{batch}", "phone")
        finally:
            await server.release()


if __name__ == "__main__":
    asyncio.run(main())
