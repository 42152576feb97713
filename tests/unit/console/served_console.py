"""A console over a platform in memory, and calls of its forms."""

from collections.abc import Mapping
from typing import Any

from litestar.testing import AsyncTestClient

from tests.factories.memory_platform import memory_gateway, memory_platform
from tests.unit.api.routes.review_calls import NamedPeople, as_reviewer
from textnlp.api.app import create_app
from textnlp.application.batch_intake import BatchIntake
from textnlp.bootstrap.platform import Platform
from textnlp.console.app import console_router
from textnlp.settings import Settings


def open_console(platform: Platform | None = None) -> AsyncTestClient[Any]:
    """Return a client of the console as `owner@acme`."""
    platform = platform or memory_platform(gateway=memory_gateway(NamedPeople()))
    intake = BatchIntake(platform.batch_ports, open_source=platform.open_prompts, slice_rows=10)
    app = create_app(platform, intake=intake, pages=[console_router(Settings())])
    client = AsyncTestClient(app, base_url="http://api.example.org")
    client.headers.update(as_reviewer("owner"))
    return client


async def fill_in(
    client: AsyncTestClient[Any], path: str, fields: Mapping[str, Any], *, who: str = "owner", is_swapped: bool = False
) -> Any:
    """Send a form as a browser does, or as a script that puts the answer into the page."""
    headers = as_reviewer(who) | ({"HX-Request": "true"} if is_swapped else {})
    return await client.post(path, data=dict(fields), headers=headers, follow_redirects=False)
