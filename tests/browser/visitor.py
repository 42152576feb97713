"""Somebody in front of a browser, and everything that must not happen while they look."""

import contextlib
import os
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from playwright.async_api import Browser, ConsoleMessage, Error, Page, Request, async_playwright, expect

from tests.browser.chromium import FLAGS, chromium_path
from tests.doubles.node_packages import node_file

Scheme = Literal["light", "dark"]

DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
MOST_BYTES = 250_000
SCREENS = Path(os.environ.get("TEXTNLP_SCREENS", "build/screens"))
_LONGEST_MILLISECONDS = 30_000
_LEFT_EARLY = "Transition was skipped"
_AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@dataclass
class Visitor:
    """A page in a browser, at an address of the console.

    Attributes:
        faults: what went wrong while it was used: errors of scripts, violations of the policy, requests elsewhere.
    """

    page: Page
    origin: str
    faults: list[str] = field(default_factory=list[str])

    def watch(self) -> None:
        """Begin to note what goes wrong."""
        self.page.on("console", self._heard)
        self.page.on("pageerror", self._failed)
        self.page.on("request", self._asked)

    async def open(self, path: str) -> None:
        """Go to a page, and wait until it stands; no page is heavier than it may be."""
        answer = await self.page.goto(f"{self.origin}{path}", wait_until="load")
        assert answer is not None
        assert answer.status == 200, f"{path} is answered with {answer.status}"
        weight = await self.page.evaluate(
            "performance.getEntries().filter(e => e.encodedBodySize).reduce((sum, e) => sum + e.encodedBodySize, 0)"
        )
        assert weight < MOST_BYTES, f"{path} weighs {weight} bytes"

    async def examine(self) -> list[str]:
        """Return what axe finds wrong with the page as it stands."""
        await self.page.evaluate(node_file("node_modules/axe-core/axe.min.js").read_text(encoding="utf-8"))
        found: list[dict[str, Any]] = await self.page.evaluate(
            "tags => axe.run(document, {runOnly: tags, resultTypes: ['violations'], iframes: false})"
            ".then(result => result.violations)",
            _AXE_RULES,
        )
        return [
            f"{each['id']}: {each['help']} at {', '.join(str(node['target']) for node in each['nodes'][:3])}"
            for each in found
        ]

    async def keep_picture(self, name: str) -> None:
        """Leave a picture of the whole page where people look at them after the tests."""
        await self.page.screenshot(path=SCREENS / f"{name}.png", full_page=True)

    async def has_overflow(self) -> bool:
        """Whether the page is wider than the window."""
        return await self.page.evaluate("document.documentElement.scrollWidth > window.innerWidth")

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.faults.append(f"console: {message.text}")

    def _failed(self, error: Error) -> None:
        # Chromium's own word for a page that is left while it is still being faded in.
        if _LEFT_EARLY not in str(error):
            self.faults.append(f"script: {error}")

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.origin, "data:", "blob:", "about:")):
            self.faults.append(f"asked elsewhere: {request.url}")


@contextlib.asynccontextmanager
async def open_browser() -> AsyncGenerator[Browser]:
    """Start Chromium."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        yield browser
        await browser.close()


@contextlib.asynccontextmanager
async def visit(
    browser: Browser, origin: str, *, phone: bool = False, scheme: Scheme = "light", scripts: bool = True
) -> AsyncGenerator[Visitor]:
    """Let somebody look at the console; whatever went wrong meanwhile fails the test in the end."""
    context = await browser.new_context(
        viewport=PHONE if phone else DESKTOP,  # pyright: ignore[reportArgumentType]  a dictionary of its two keys
        color_scheme=scheme,
        java_script_enabled=scripts,
        accept_downloads=True,
    )
    context.set_default_timeout(_LONGEST_MILLISECONDS)
    expect.set_options(timeout=_LONGEST_MILLISECONDS)
    visitor = Visitor(await context.new_page(), origin)
    visitor.watch()
    yield visitor
    await context.close()
    assert visitor.faults == [], visitor.faults
