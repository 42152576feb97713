"""Models in a browser: how deployments are, and the versions that are kept."""

from collections.abc import AsyncGenerator

from playwright.async_api import Browser, expect

from tests.browser.conftest import Console
from tests.browser.pages import look_at
from tests.browser.visitor import visit
from textnlp.application.model_registry import ModelDraft, ModelRegistry
from textnlp.domain.registry.model import ModelOrigin


async def weights() -> AsyncGenerator[bytes]:
    yield b"weights"


async def test_deployments_are_shown_with_how_they_are_and_a_version_is_promoted(
    browser: Browser, console: Console
) -> None:
    registry = ModelRegistry(console.platform.batch_ports.blobs, clock=console.platform.clock)
    draft = ModelDraft(name="tuned", origin=ModelOrigin.CHECKPOINT, description="Tuned on <b>reviews</b>.")
    await registry.register(draft, {"weights.gguf": weights})
    async with visit(browser, console.url) as visitor:
        page = visitor.page
        await visitor.open("/console/playground")
        await page.get_by_label("Prompt", exact=True).fill("Write a slogan.")
        await page.get_by_role("button", name="Ask").click()
        await expect(page.locator("article.answer")).to_contain_text("Ended by")
        await visitor.open("/console/models")
        row = page.get_by_role("region", name="Deployments").get_by_role("row", name="scripted")
        await expect(row).to_contain_text("answers")
        await expect(row).to_contain_text("p95 under")
        await expect(row).to_contain_text("$0.00 in")
        await page.get_by_label("Stage of tuned@1").select_option("staging")
        page.on("dialog", lambda dialog: dialog.accept())
        await page.get_by_role("button", name="Promote").click()
        await expect(page.get_by_role("region", name="Registered versions")).to_contain_text("staging")
    await look_at(browser, console.url, [("models", "/console/models")])
