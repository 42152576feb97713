from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.factories.console import Browser, browsing, console_platform

HTMX = {"HX-Request": "true"}


@pytest.fixture
async def browser(tmp_path: Path) -> AsyncGenerator[Browser]:
    async with browsing(console_platform(tmp_path)) as client:
        yield client


async def test_a_page_is_come_back_to_after_signing_in(browser: Browser) -> None:
    sent = await browser.get("/console?q=a+b&n=%C3%A4")
    assert sent.status_code == 303
    assert sent.headers["location"] == "/console/sign-in?next=%2Fconsole%3Fq%3Da%2Bb%26n%3D%25C3%25A4"
    assert sent.headers["cache-control"] == "no-store"


async def test_what_a_form_was_sent_to_is_not_come_back_to(browser: Browser) -> None:
    sent = await browser.post("/console/changes")
    assert sent.headers["location"] == "/console/sign-in?next=%2Fconsole&note=expired"


async def test_a_script_that_follows_events_is_not_sent_to_another_page(browser: Browser) -> None:
    refused = await browser.get("/console", headers={"Sec-Fetch-Mode": "cors"})
    assert refused.status_code == 401
    assert "location" not in refused.headers
    assert (await browser.get("/console", headers={"Sec-Fetch-Mode": "navigate"})).status_code == 303


async def test_somebody_with_a_session_that_has_ended_is_told_so(browser: Browser) -> None:
    sent = await browser.get("/console", headers={"Cookie": f"textnlp_session={'x' * 43}"})
    assert sent.headers["location"].endswith("&note=expired")


@pytest.mark.parametrize(
    ("page", "wanted"),
    [
        ("http://127.0.0.1:8000/console/batches?state=failed", "%2Fconsole%2Fbatches%3Fstate%3Dfailed"),
        ("https://evil.example/elsewhere", "%2Fconsole"),
        ("http://[", "%2Fconsole"),
        ("", "%2Fconsole"),
    ],
)
async def test_htmx_is_told_where_the_whole_page_goes(browser: Browser, page: str, wanted: str) -> None:
    sent = await browser.get("/console", headers={**HTMX, "HX-Current-URL": page})
    assert sent.status_code == 401
    assert sent.headers["hx-redirect"] == f"/console/sign-in?next={wanted}"
    assert "location" not in sent.headers
