"""Dataset runs in a browser: paused, resumed, cancelled, and found by their state."""

from playwright.async_api import Browser, expect

from tests.browser.conftest import Console
from tests.browser.visitor import visit

RECIPE = """name: many
columns:
  product: {kind: category, values: [kettle, lamp]}
  slogan: {kind: text, prompt: "Write a slogan for a {{ product }}."}
accept: {rows: 200000}
"""


async def test_a_run_is_paused_resumed_and_cancelled(browser: Browser, console: Console) -> None:
    async with visit(browser, console.url, scripts=False) as visitor:
        page = visitor.page
        await visitor.open("/console/runs")
        await expect(page.get_by_role("heading", name="No dataset yet")).to_be_visible()
        await visitor.open("/console/recipes/edit")
        await page.get_by_label("In YAML or JSON").fill(RECIPE)
        await page.get_by_role("button", name="Run", exact=True).click()
        await page.get_by_role("button", name="Pause").click()
        await expect(page.locator(".head .badge")).to_have_text("paused")
        await page.get_by_role("button", name="Resume").click()
        await expect(page.locator(".head .badge")).to_have_text("running")
        await page.get_by_role("button", name="Cancel").click()
        await expect(page.locator(".head .badge")).to_have_text("cancelled")
        await visitor.open("/console/runs?state=cancelled")
        await expect(page.get_by_role("region", name="Runs").get_by_role("link", name="many")).to_be_visible()
        await visitor.open("/console/runs?state=completed")
        await expect(page.get_by_role("heading", name="No such run")).to_be_visible()
