from collections.abc import AsyncGenerator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from litestar.testing import AsyncTestClient

from tests.factories.console import BASE, Browser, browsing, console_pages, console_platform, sign_in
from tests.factories.memory_platform import memory_platform
from textnlp.api.app import create_app
from textnlp.application.batch_intake import BatchIntake
from textnlp.bootstrap.platform import Platform

CHANGES = "/console/changes"
FIELD = "form_token"
HEADER = "X-Form-Token"


@pytest.fixture
def platform(tmp_path: Path) -> Platform:
    return console_platform(tmp_path)


@pytest.fixture
async def browser(platform: Platform) -> AsyncGenerator[Browser]:
    async with browsing(platform) as client:
        await sign_in(client, platform)
        yield client


async def token_of(browser: Browser) -> str:
    return (await browser.get("/console")).text.split()[1]


async def test_a_form_of_the_console_is_taken_and_comes_whole_without_its_token(browser: Browser) -> None:
    fields = {"text": "ä" * 100_000, "more": "a=b&c"}
    taken = await browser.post(CHANGES, data={FIELD: await token_of(browser), **fields})
    assert taken.status_code == 200
    assert taken.text == urlencode(fields)


async def test_the_token_may_come_as_a_header_with_any_body(browser: Browser) -> None:
    headers = {HEADER: await token_of(browser)}
    assert (await browser.post(CHANGES, json={"a": 1}, headers=headers)).text == '{"a":1}'
    assert (await browser.post(CHANGES, headers=headers)).status_code == 200


async def test_an_upload_may_bring_it_in_its_address_and_nothing_else_may(browser: Browser) -> None:
    token = await token_of(browser)
    address = f"{CHANGES}?{FIELD}={token}"
    assert (await browser.post(address, files={"file": b"content"})).status_code == 200
    assert (await browser.post(address, data={"a": "b"})).status_code == 403
    assert (await browser.post(address, json={})).status_code == 403
    assert (await browser.post(address)).status_code == 403


async def test_whatever_brings_no_token_or_another_is_refused(browser: Browser) -> None:
    token = await token_of(browser)
    refused = [
        await browser.post(CHANGES),
        await browser.post(CHANGES, data={FIELD: ""}),
        await browser.post(CHANGES, data={FIELD: token[:-1]}),
        await browser.post(CHANGES, data={FIELD: "ä"}),
        await browser.post(CHANGES, data={FIELD: [token, token]}),
        await browser.post(CHANGES, json={FIELD: token}),
        await browser.post(CHANGES, headers={HEADER: ""}, data={FIELD: token}),
        await browser.post(CHANGES, files={"file": b"content"}, data={FIELD: token}),
        await browser.post(f"{CHANGES}?{FIELD}=wrong", files={"file": b"content"}),
    ]
    assert [each.status_code for each in refused] == [403] * len(refused)
    assert "Load the page again" in refused[0].text


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:8001"},
        {"Origin": "http://[", "Sec-Fetch-Site": "same-origin"},
    ],
)
async def test_a_page_of_another_origin_is_refused_whatever_it_brings(
    browser: Browser, headers: dict[str, str]
) -> None:
    assert (await browser.post(CHANGES, data={FIELD: await token_of(browser)}, headers=headers)).status_code == 403


async def test_a_page_of_this_origin_is_let_through(browser: Browser) -> None:
    headers = {"Origin": BASE, "Sec-Fetch-Site": "same-origin"}
    assert (await browser.post(CHANGES, data={FIELD: await token_of(browser)}, headers=headers)).status_code == 200


async def test_the_token_of_another_session_is_worth_nothing(browser: Browser, platform: Platform) -> None:
    async with browsing(platform) as attacker:
        await sign_in(attacker, platform)
        foreign = await token_of(attacker)
    assert (await browser.post(CHANGES, data={FIELD: foreign})).status_code == 403


async def test_a_planted_cookie_does_not_stand_for_a_session(browser: Browser) -> None:
    planted = "p" * 43
    async with browsing(memory_platform()) as open_browser:
        headers = {"Cookie": f"textnlp_console_form={planted}"}
        token = (await open_browser.get("/console", headers=headers)).text.split()[1]
    cookies = f"textnlp_session={browser.cookies['textnlp_session']}; textnlp_console_form={planted}"
    browser.cookies.clear()
    headers = {"Cookie": cookies}
    assert (await browser.get("/console", headers=headers)).status_code == 200
    assert (await browser.post(CHANGES, data={FIELD: token}, headers=headers)).status_code == 403


async def test_without_a_session_a_change_is_a_matter_for_the_doorkeeper(browser: Browser) -> None:
    browser.cookies.clear()
    assert (await browser.post(CHANGES)).headers["location"] == "/console/sign-in?next=%2Fconsole&note=expired"


async def test_a_form_that_is_too_large_is_not_read(browser: Browser) -> None:
    assert (await browser.post(CHANGES, data={"text": "x" * (1 << 20)})).status_code == 413


async def test_a_platform_that_asks_nobody_takes_forms_of_its_own_pages_alone() -> None:
    async with browsing(memory_platform()) as browser:
        home = await browser.get("/console")
        cookie = home.headers["set-cookie"]
        assert cookie.startswith("textnlp_console_form=")
        assert {"HttpOnly", "SameSite=Strict", "Path=/console"} <= set(cookie.split("; "))
        token = home.text.split()[1]
        assert token not in cookie
        assert await token_of(browser) == token
        assert (await browser.post(CHANGES, data={FIELD: token})).status_code == 200
        assert (await browser.post(CHANGES)).status_code == 403
        browser.cookies.clear()
        assert (await browser.post(CHANGES, data={FIELD: token})).status_code == 403


async def test_without_its_front_the_console_changes_nothing() -> None:
    platform = memory_platform()
    intake = BatchIntake(platform.batch_ports, open_source=platform.open_prompts, slice_rows=10)
    app = create_app(platform, intake=intake, pages=[console_pages()])
    async with AsyncTestClient(app, base_url=BASE) as browser:
        assert (await browser.get("/console")).text == "anybody "
        refused = await browser.post(CHANGES, data={FIELD: ""})
        assert refused.status_code == 500
        assert "without its front" in refused.text
