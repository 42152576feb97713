"""Stored templates in a browser: created, compared, rendered and tested."""

from playwright.async_api import Browser, expect

from tests.browser.conftest import Console
from tests.browser.pages import look_at
from tests.browser.test_batches import SCRIPT
from tests.browser.visitor import visit

TESTS = '[{"name": "a kettle", "given": {"product": "kettle"}, "expect": ["kettle"]}]'


async def test_a_template_is_created_changed_compared_rendered_and_tested(browser: Browser, console: Console) -> None:
    async with visit(browser, console.url) as visitor:
        page = visitor.page
        await visitor.open("/console/templates")
        await page.get_by_role("link", name="Create a template").first.click()
        await page.get_by_label("Name").fill("slogan")
        await page.get_by_label("Prompt", exact=True).fill("Write a slogan.")
        await page.get_by_text("Tests: what it must write").click()
        await page.get_by_label("Tests, as a JSON list").fill(TESTS)
        await page.get_by_role("button", name="Create").click()
        await expect(page.get_by_role("alert")).to_contain_text("Test 'a kettle' of the template fails")
        await page.get_by_label("Prompt", exact=True).fill(f"Write a slogan for a {{{{ product }}}}. {SCRIPT}")
        await page.get_by_role("button", name="Create").click()
        await expect(page.get_by_role("heading", name="slogan")).to_be_visible()
        await page.get_by_label("product").fill(SCRIPT)
        await page.get_by_role("button", name="Render").click()
        await expect(page.locator("#rendered")).to_contain_text(f"Write a slogan for a {SCRIPT}.")
        await page.get_by_role("button", name="Run the tests").click()
        await expect(page.locator("#tested")).to_contain_text("passed a kettle")
        await page.get_by_role("link", name="Create a version").click()
        await page.get_by_label("Prompt", exact=True).fill(f"Write a long slogan for a {{{{ product }}}}. {SCRIPT}")
        await page.get_by_role("button", name="Create").click()
        await expect(page.get_by_text("version 2")).to_be_visible()
        await expect(page.locator(".diff .removed")).to_contain_text("- Write a slogan for a {{ product }}.")
        await expect(page.locator(".diff .added")).to_contain_text("+ Write a long slogan")
        await page.get_by_role("link", name="Try it").click()
        await expect(page.get_by_label("product")).to_be_visible()
        assert await page.evaluate("window.broken") is None
    shown = [("templates", "/console/templates"), ("template", "/console/templates/slogan")]
    await look_at(browser, console.url, [*shown, ("template-create", "/console/templates/create?name=slogan")])
