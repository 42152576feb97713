import asyncio
import contextlib
from collections.abc import AsyncGenerator
from html.parser import HTMLParser
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient

from tests.factories.memory_platform import memory_platform
from textnlp.api.app import create_app
from textnlp.api.openapi import description_of
from textnlp.application.batch_intake import BatchIntake
from textnlp.console.app import PAGES, console_router
from textnlp.console.front import console_front
from textnlp.settings import Settings
from textnlp.workers.batch_service import serve_batches

Client = AsyncTestClient[Litestar]
OPEN = {"fetch_asset", "lead_in", "miss", "begin_sign_in", "end_sign_in", "sign_out", "show_signed_out"}
SCRIPT = "<script>window.broken = true</script>"


@pytest.fixture
async def client() -> AsyncGenerator[Client]:
    platform = memory_platform()
    intake = BatchIntake(platform.batch_ports, open_source=platform.open_prompts, slice_rows=10)
    app = create_app(platform, intake=intake, pages=[console_router(Settings())], front=console_front(platform))
    async with AsyncTestClient(app, base_url="http://127.0.0.1:8000") as test_client:
        tasks = [asyncio.create_task(service) for service in (intake.run(), serve_batches(platform))]
        yield test_client
        for task in tasks:
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*tasks)


async def batch_of(client: Client, text: str) -> str:
    answer = await client.post("/api/v1/batches", params={"name": "prompts.txt"}, content=text.encode())
    path = f"/api/v1/batches/{answer.json()['id']}"
    async with asyncio.timeout(60):
        while (await client.get(path)).json()["state"] != "completed":  # noqa: ASYNC110  another process would poll, too
            await asyncio.sleep(0.02)
    return path.replace("/api/v1/", "/console/")


class Scripts(HTMLParser):
    """Finds what a page would run, or would style itself with, that its policy forbids."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        if tag == "script" and "src" not in names:
            self.found.append("script")
        self.found += [name for name in names if name == "style" or name.startswith(("on", "hx-on"))]


def test_every_page_but_files_asks_who_looks() -> None:
    names: set[str] = set()
    for handler in PAGES:
        made: Any = handler
        if description_of(made).grant is None:
            names.add(made.fn.__name__)
    assert names == OPEN


async def test_a_page_runs_and_loads_nothing_but_the_consoles_own_files(client: Client) -> None:
    path = await batch_of(client, f"Say {SCRIPT}\n")
    for page in ("/console", "/console/batches", path, f"{path}/rows", f"{path}/rows/0", "/console/settings"):
        answer = await client.get(page)
        assert answer.status_code == 200
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        scripts = Scripts()
        scripts.feed(answer.text)
        assert scripts.found == [], page


async def test_a_file_of_the_console_is_kept_and_one_that_is_not_there_is_refused(client: Client) -> None:
    page = (await client.get("/console")).text
    start = page.index("/console/static/")
    answer = await client.get(page[start : page.index('"', start)])
    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]
    assert (await client.get("/console/static/0000000000000000/console.css")).status_code == 404


async def test_what_is_wrong_is_told_on_a_page_with_the_requests_id(client: Client) -> None:
    answer = await client.get("/console/batches/batch_nothere", headers={"x-request-id": "mine-7"})
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert "mine-7" in answer.text
    assert (await client.get("/console/nowhere/at/all")).status_code == 404
    assert (await client.get("/console/batches?state=odd")).status_code == 422


async def test_a_script_that_asks_for_a_part_gets_the_notice_alone(client: Client) -> None:
    answer = await client.get("/console/batches/batch_nothere", headers={"hx-request": "true"})
    assert answer.status_code == 404
    assert answer.headers["hx-retarget"] == "#notices"
    assert "<html" not in answer.text


async def test_a_batch_that_is_watched_ends_the_stream(client: Client) -> None:
    path = await batch_of(client, "Say hello.\n")
    answer = await client.get(f"{path}/live")
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.text.startswith("retry: 1000\n\nid: 1\nevent: progress\ndata: ")
    assert answer.text.endswith("id: 2\nevent: end\ndata: ended\n\n")


async def test_a_row_that_is_not_there_is_refused(client: Client) -> None:
    path = await batch_of(client, "Say hello.\n")
    answer = await client.get(f"{path}/rows/1")
    assert answer.status_code == 404
    assert "has no row 2; it has 1" in answer.text


async def test_the_bare_address_leads_to_the_first_page(client: Client) -> None:
    answer = await client.get("/", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (302, "/console")


async def test_the_first_page_teaches_four_steps_and_then_shows_what_was_submitted(client: Client) -> None:
    first = (await client.get("/console")).text
    steps = ("playground", "batches/submit", "recipes", "reviews")
    assert [step for step in steps if f'href="/console/{step}"' not in first.split('class="steps"')[1]] == []
    shown = await batch_of(client, "Write a slogan.\n")
    then = (await client.get("/console")).text
    assert f'"{shown}"' in then
    assert "Nothing was made here yet" in first
    assert "Nothing was made here yet" not in then
