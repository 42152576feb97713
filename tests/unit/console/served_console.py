"""A console over a platform in memory that asks for no credentials, and calls of its forms."""

import re
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from litestar.testing import AsyncTestClient

from tests.factories.memory_platform import memory_platform
from textnlp.api.app import create_app
from textnlp.application.batch_intake import BatchIntake
from textnlp.bootstrap.platform import Platform
from textnlp.console.app import console_router
from textnlp.console.form_token import HEADER
from textnlp.console.front import console_front
from textnlp.settings import Settings

_TOKEN = re.compile(r'"X-Form-Token": "([^"]+)"')


@asynccontextmanager
async def open_console(platform: Platform | None = None) -> AsyncGenerator[AsyncTestClient[Any]]:
    """Open a browser whose scripts bring the token of the console's forms."""
    platform = platform or memory_platform()
    intake = BatchIntake(platform.batch_ports, open_source=platform.open_prompts, slice_rows=10)
    pages = [console_router(Settings())]
    app = create_app(platform, intake=intake, pages=pages, front=console_front(platform))
    async with AsyncTestClient(app, base_url="http://127.0.0.1:8000") as client:
        client.follow_redirects = False
        page = await client.get("/console/reviews")
        token = _TOKEN.search(page.text)
        assert token is not None, page.text
        client.headers[HEADER] = token[1]
        yield client


async def fill_in(
    client: AsyncTestClient[Any], path: str, fields: Mapping[str, Any], *, is_swapped: bool = False
) -> Any:
    """Send a form as a browser does, or as a script that puts the answer into the page."""
    return await client.post(path, data=dict(fields), headers={"HX-Request": "true"} if is_swapped else {})
