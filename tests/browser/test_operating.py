"""What operators do in a browser: keys, budgets, dead letters, settings."""

from urllib.parse import urlencode

from playwright.async_api import Browser, expect

from tests.browser.conftest import Console
from tests.browser.pages import look_at
from tests.browser.visitor import Visitor, visit
from textnlp.domain.messaging.model import OutgoingMessage
from textnlp.topology.queues import GENERATION_EVENTS, MONITORING_SUB, subscription_entity

SCRIPT = "<script>window.broken = true</script>"
ENTITY = subscription_entity(GENERATION_EVENTS, MONITORING_SUB)
LETTERS = f"/console/queues/dead-letters?{urlencode({'entity': ENTITY})}"


async def bury(console: Console, *, count: int) -> None:
    """Put dead letters where nobody else receives."""
    queue = console.platform.batch_ports.queue
    bodies = [f'{{"note": "{SCRIPT} {number}"}}'.encode() for number in range(count)]
    await queue.send(GENERATION_EVENTS, [OutgoingMessage(body=body) for body in bodies])
    for message in await queue.receive(ENTITY, max_messages=count, max_wait_seconds=5):
        await queue.dead_letter(message, reason="Unreadable", description=f"No validation is named {SCRIPT}.")


async def agree(visitor: Visitor, button: str) -> None:
    """Press a button that asks first, and say yes."""
    visitor.page.once("dialog", lambda dialog: dialog.accept())
    await visitor.page.get_by_role("button", name=button).click()


async def test_a_key_is_made_shown_once_and_revoked(browser: Browser, console: Console) -> None:
    async with visit(browser, console.url) as visitor:
        page = visitor.page
        await visitor.open("/console/clients")
        await page.get_by_text("Register a client").click()
        await page.get_by_label("Name").fill(f"nightly {SCRIPT}")
        await page.get_by_label("Days until its key expires").fill("30")
        await page.get_by_role("button", name="Register").click()
        key = await page.locator("#key").inner_text()
        principal = await console.platform.gateway.clients.find_by_prefix(key.split("_")[1])
        assert principal is not None
        await page.goto(f"{console.url}/console/clients")
        await expect(page.get_by_text(key)).to_have_count(0)
        await agree(visitor, "Revoke nightly")
        await expect(page.get_by_text("revoked", exact=True)).to_be_visible()
        assert await page.evaluate("window.broken") is None


async def test_a_budget_is_set_seen_to_warn_and_removed(browser: Browser, console: Console) -> None:
    async with visit(browser, console.url) as visitor:
        page = visitor.page
        await visitor.open("/console/usage")
        await page.get_by_text("Set a budget").click()
        await page.get_by_label("Limit").fill("0")
        await page.get_by_role("button", name="Set budget").click()
        await expect(page.get_by_role("heading", name="$0.00 monthly")).to_be_visible()
        await visitor.open("/console")
        await expect(page.get_by_text("used of the monthly budget")).to_be_visible()
        await visitor.open("/console/usage")
        await agree(visitor, "Remove")
        await expect(page.get_by_text("There is no budget")).to_be_visible()


async def test_dead_letters_are_looked_at_sent_again_and_purged(browser: Browser, console: Console) -> None:
    await bury(console, count=2)
    async with visit(browser, console.url) as visitor:
        page = visitor.page
        await visitor.open("/console")
        await page.get_by_role("link", name=f"dead letters of {ENTITY}").click()
        await expect(page.get_by_text(f"No validation is named {SCRIPT}.").first).to_be_visible()
        await page.get_by_text("Body").first.click()
        await expect(page.get_by_text('"note"').first).to_be_visible()
        assert await page.evaluate("window.broken") is None
        await look_at(browser, console.url, [("queues", "/console/queues"), ("dead-letters", LETTERS)])
        await page.get_by_role("button", name="Send all 2 again").click()
        await expect(page.get_by_role("heading", name="No dead letters")).to_be_visible()
    drained = await console.platform.batch_ports.queue.receive(ENTITY, max_messages=2)
    assert [message.delivery_count for message in drained] == [1, 1]
    await console.platform.batch_ports.queue.complete(drained)
    await bury(console, count=1)
    async with visit(browser, console.url) as visitor:
        await visitor.open(LETTERS)
        await agree(visitor, "Purge")
        await expect(visitor.page.get_by_role("heading", name="No dead letters")).to_be_visible()


async def test_what_operators_look_at_can_be_read_by_everybody(browser: Browser, console: Console) -> None:
    pages = [("usage", "/console/usage"), ("clients", "/console/clients"), ("settings", "/console/settings")]
    await look_at(browser, console.url, pages)
