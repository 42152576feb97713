"""What can be read where scripts are switched off: everything."""

import pytest
from playwright.async_api import Browser, expect

from tests.browser.conftest import Console
from tests.browser.visitor import visit
from textnlp.console.navigation import SECTIONS


@pytest.mark.parametrize("is_phone", [False, True])
async def test_every_section_can_be_reached_and_read_without_scripts(
    browser: Browser,
    console: Console,
    is_phone: bool,  # noqa: FBT001  a window's width
) -> None:
    async with visit(browser, console.url, phone=is_phone, scripts=False) as visitor:
        page = visitor.page
        await page.goto(f"{console.url}/console")
        for section in SECTIONS:
            if is_phone:
                await page.locator("summary", has_text="TextNLP").click()
            await page.get_by_role("link", name=section.label, exact=True).first.click()
            await expect(page.get_by_role("heading", level=1)).to_be_visible()
            assert await page.locator("[role=alert]").count() == 0, section.path
