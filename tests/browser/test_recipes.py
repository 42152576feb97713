"""A dataset in a browser: from a recipe, with what is wrong in it told at the line, to a run that is completed."""

import re

from playwright.async_api import Browser, expect

from tests.browser.conftest import Console
from tests.browser.pages import look_at
from tests.browser.test_batches import SCRIPT
from tests.browser.visitor import visit

RECIPE = f"""name: slogans
columns:
  product: {{kind: category, values: [kettle, "{SCRIPT}"]}}
  slogan:
    kind: text
    promt: Write a slogan for a {{{{ product }}}}.
accept: {{rows: 10}}
"""


async def test_a_dataset_is_made_from_a_recipe(browser: Browser, console: Console) -> None:
    async with visit(browser, console.url) as visitor:
        page = visitor.page
        await visitor.open("/console/recipes")
        await page.get_by_role("link", name="Write a recipe").click()
        await expect(page.get_by_text("The recipe can be run.")).to_be_visible()
        await page.get_by_label("In YAML or JSON").fill(RECIPE)
        await expect(page.locator("#check")).to_contain_text("did you mean 'prompt'?")
        await expect(page.locator(".gutter .marked")).to_have_text("6")
        await visitor.keep_picture("recipe-fault")
        await page.get_by_role("button", name="Line 6, column 5").click()
        await page.keyboard.type("    prompt: Write a slogan for a {{ product }}.")
        await expect(page.get_by_text("The recipe can be run.")).to_be_visible()
        await page.get_by_role("button", name="Estimate").click()
        await expect(page.get_by_role("heading", name="Estimate for 10 rows")).to_be_visible()
        await page.get_by_role("button", name="Preview").click()
        await expect(page.get_by_role("region", name="Rows of the preview").get_by_role("row")).to_have_count(4)
        await visitor.keep_picture("recipe-preview")
        assert await visitor.examine() == []
        await page.get_by_role("button", name="Run", exact=True).click()
        await expect(page.get_by_role("heading", name="slogans")).to_be_visible()
        await expect(page.locator(".head .badge", has_text="completed")).to_be_visible()
        await expect(page.get_by_text("10 of 10 rows accepted")).to_be_visible()
        path = re.sub(r"^https?://[^/]+", "", page.url)
        await page.get_by_label("Rows to add").fill("5")
        await page.get_by_role("button", name="Extend").click()
        await expect(page.get_by_text("15 of 15 rows accepted")).to_be_visible()
        await page.get_by_role("link", name="Version 2").click()
        await expect(page.get_by_role("heading", level=1)).to_contain_text("slogans")
        await visitor.open(path)
        await page.get_by_role("link", name="Recipe", exact=True).click()
        await expect(page.get_by_label("In YAML or JSON")).to_have_value(re.compile("kind: category"))
        assert await page.evaluate("window.broken") is None
    shown = [("recipes", "/console/recipes"), ("recipe", "/console/recipes/edit?ready=customer-reviews")]
    shown += [("recipe-reference", "/console/recipes/reference"), ("runs", "/console/runs"), ("run", path)]
    await look_at(browser, console.url, shown)
