"""Rows that failed are asked again from the page of their batch."""

from pathlib import Path

from playwright.async_api import Browser, expect

from tests.acceptance.served_platform import serve_platform
from tests.browser.visitor import visit
from tests.doubles.openai_server import OpenAIStub, Reply
from textnlp.settings import Settings


async def test_failed_rows_are_seen_and_asked_again(browser: Browser, database_url: str, tmp_path: Path) -> None:
    prompts = tmp_path / "prompts.txt"
    prompts.write_text("One\nTwo\nThree\n")
    async with OpenAIStub() as stub:
        stub.script(Reply(status=400), Reply(status=400))
        settings = Settings(
            data_dir=tmp_path, database_url=database_url, model="stub", base_url=stub.base_url, authentication=False
        )
        async with (
            serve_platform(database_url, tmp_path, settings=settings) as (_, served),
            visit(browser, served.url) as visitor,
        ):
            page = visitor.page
            await visitor.open("/console/batches/submit")
            await page.get_by_label("A file of prompts").set_input_files(prompts)
            await page.get_by_role("button", name="Submit").click()
            await expect(page.get_by_role("button", name="Retry 2 rows")).to_be_visible()
            await visitor.open("/console")
            await page.get_by_role("link", name="failed rows in prompts.txt").click()
            await expect(page.get_by_role("heading", name="Why rows were turned away")).to_be_visible()
            await page.get_by_role("button", name="Retry 2 rows").click()
            await expect(page.get_by_text("3 of 3 rows")).to_be_visible()
            await expect(page.locator(".badge", has_text="completed")).to_be_visible()
            await expect(page.get_by_role("button", name="Retry")).to_have_count(0)
