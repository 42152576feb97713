"""A platform that is served with its console, and a browser."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.acceptance.served_platform import serve_platform
from tests.browser.visitor import open_browser
from textnlp.bootstrap.engine_wiring import SCRIPTED_MODEL
from textnlp.bootstrap.platform import Platform
from textnlp.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Console:
    """A served platform, and where it is."""

    platform: Platform
    url: str


@pytest.fixture
async def browser() -> AsyncGenerator[Browser]:
    """A browser of one test's own."""
    async with open_browser() as browser:
        yield browser


@pytest.fixture
async def console(database_url: str, tmp_path: Path) -> AsyncGenerator[Console]:
    """A platform as `textnlp up --no-auth` serves it, with a model that answers by script."""
    settings = Settings(data_dir=tmp_path, database_url=database_url, model=SCRIPTED_MODEL, authentication=False)
    async with serve_platform(database_url, tmp_path, settings=settings) as (platform, served):
        yield Console(platform=platform, url=served.url)
