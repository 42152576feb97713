"""Batches in a browser: submitted, watched to their end, looked at row by row, retried."""

import re
from pathlib import Path

from playwright.async_api import Browser, expect

from tests.browser.conftest import Console
from tests.browser.pages import look_at
from tests.browser.visitor import visit

SCRIPT = "<script>window.broken = true</script><img src=x onerror=window.broken=true>"


async def test_a_file_is_uploaded_watched_and_looked_at_row_by_row(
    browser: Browser, console: Console, tmp_path: Path
) -> None:
    prompts = tmp_path / "prompts <b>bold.txt"
    prompts.write_text("".join(f"Write about number {number}. {SCRIPT}\n" for number in range(40)))
    async with visit(browser, console.url) as visitor:
        page = visitor.page
        await visitor.open("/console")
        await page.get_by_role("link", name="Submit a batch").first.click()
        await page.get_by_label("A file of prompts").set_input_files(prompts)
        await page.get_by_role("button", name="Submit").click()
        await expect(page.get_by_role("heading", name="prompts")).to_be_visible()
        await expect(page.locator(".badge", has_text="completed")).to_be_visible()
        await expect(page.get_by_text("40 of 40 rows")).to_be_visible()
        path = re.sub(r"^https?://[^/]+", "", page.url)
        await page.get_by_role("link", name="Rows").click()
        await page.get_by_role("link", name="1", exact=True).click()
        await expect(page.get_by_text(f"Write about number 0. {SCRIPT}").first).to_be_visible()
        await page.keyboard.press("j")
        await expect(page.get_by_text("Write about number 1.").first).to_be_visible()
        assert await page.evaluate("window.broken") is None
    pages = (("home", "/console"), ("batches", "/console/batches"), ("batch", path), ("batch-rows", f"{path}/rows"))
    forms = (("batch-row", f"{path}/rows/0"), ("batch-submit", "/console/batches/submit"))
    await look_at(browser, console.url, [*pages, *forms])
