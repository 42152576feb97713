"""What can be seen of a platform: its figures, its panels, and a trace followed through."""

import aiohttp
from playwright.async_api import Browser, expect

from tests.browser.conftest import Console
from tests.browser.pages import look_at
from tests.browser.visitor import visit

ROUTE = "POST /api/v1/generate"
_MOST_LOOKS = 60


async def test_a_trace_is_found_and_followed_and_the_panels_are_drawn(browser: Browser, console: Console) -> None:
    async with aiohttp.ClientSession() as session:
        asked = await session.post(f"{console.url}/api/v1/generate", json={"prompt": "Say <script>x</script>"})
        assert asked.status == 200
    async with visit(browser, console.url) as visitor:
        page = visitor.page
        await visitor.open("/console/traces")
        for _ in range(_MOST_LOOKS):
            if await page.get_by_role("link", name=ROUTE).count():
                break
            await page.wait_for_timeout(500)
            await visitor.open("/console/traces")
        await page.get_by_label("First span").fill(ROUTE)
        await page.get_by_role("button", name="Show").click()
        await page.get_by_role("link", name=ROUTE).click()
        await expect(page.get_by_role("heading", name=ROUTE)).to_be_visible()
        await expect(page.locator(".waterfall tbody tr").nth(1)).to_be_visible()
        trace = page.url.removeprefix(console.url)
        await visitor.open("/console/monitor?span=1h")
        await expect(page.get_by_role("heading", name="API Performance")).to_be_visible()
        await expect(page.get_by_text("Server errors")).to_be_visible()
    await look_at(
        browser, console.url, [("traces", "/console/traces"), ("trace", trace), ("monitor", "/console/monitor")]
    )
