"""Signing in and out in a browser, on a platform that asks everybody who they are."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.acceptance.served_platform import serve_platform
from tests.browser.conftest import Console
from tests.browser.visitor import visit
from textnlp.application.make_login_code import make_login_code
from textnlp.bootstrap.engine_wiring import SCRIPTED_MODEL
from textnlp.settings import Settings
from textnlp.topology.scopes import READ, WRITE


@pytest.fixture
async def guarded(database_url: str, tmp_path: Path) -> AsyncGenerator[Console]:
    """A platform as `textnlp up` serves it."""
    settings = Settings(data_dir=tmp_path, database_url=database_url, model=SCRIPTED_MODEL)
    async with serve_platform(database_url, tmp_path, settings=settings) as (platform, served):
        yield Console(platform=platform, url=served.url)


async def test_somebody_signs_in_submits_a_batch_and_signs_out(
    browser: Browser, guarded: Console, tmp_path: Path
) -> None:
    prompts = tmp_path / "prompts.txt"
    prompts.write_text("Write.\n")
    async with visit(browser, guarded.url) as visitor:
        page = visitor.page
        await page.goto(f"{guarded.url}/console/batches/submit")
        await expect(page.get_by_role("heading", name="Sign in to TextNLP")).to_be_visible()
        code = await make_login_code(guarded.platform.gateway.sign_ins, [READ, WRITE], clock=guarded.platform.clock)
        await page.get_by_label("Sign-in code or API key").fill(code)
        await page.get_by_role("button", name="Sign in").click()
        await expect(page.get_by_role("heading", name="Submit a batch")).to_be_visible()
        await page.get_by_label("A file of prompts").set_input_files(prompts)
        await page.get_by_role("button", name="Submit").click()
        await expect(page.locator(".badge", has_text="completed")).to_be_visible()
        await page.get_by_role("button", name="Sign out").click()
        await expect(page.get_by_text("You are signed out")).to_be_visible()
        assert await visitor.examine() == []
        await page.goto(f"{guarded.url}/console")
        await expect(page.get_by_role("heading", name="Sign in to TextNLP")).to_be_visible()
        assert await page.context.cookies(f"{guarded.url}/api") == []


async def test_a_session_that_has_ended_is_told_of(browser: Browser, guarded: Console) -> None:
    async with visit(browser, guarded.url) as visitor:
        page = visitor.page
        await page.context.add_cookies(
            [{"name": "textnlp_session", "value": "x" * 43, "domain": "127.0.0.1", "path": "/console"}]
        )
        await page.goto(f"{guarded.url}/console")
        await expect(page.get_by_text("Your session has ended")).to_be_visible()
        assert await visitor.examine() == []
        await page.get_by_role("link", name="Sign in with").click()
        await expect(page.get_by_role("heading", name="Sign in to TextNLP")).to_be_visible()
