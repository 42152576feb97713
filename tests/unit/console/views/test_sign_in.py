import dataclasses
from collections.abc import AsyncGenerator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.doubles.clock import ManualClock
from tests.doubles.sign_in_issuer import ScriptedIssuer
from tests.factories.console import BASE, Browser, answered, browsing, console_platform, sign_in
from tests.factories.memory_platform import memory_platform
from textnlp.bootstrap.platform import Platform
from textnlp.domain.identity.sign_in_flow import FLOW_SECONDS


@pytest.fixture
def platform(tmp_path: Path) -> Platform:
    return console_platform(tmp_path)


@pytest.fixture
async def browser(platform: Platform) -> AsyncGenerator[Browser]:
    async with browsing(platform) as client:
        yield client


def moved(platform: Platform) -> ManualClock:
    assert isinstance(platform.clock, ManualClock)
    return platform.clock


async def test_somebody_signs_in_and_lands_where_they_wanted_to_go(browser: Browser, platform: Platform) -> None:
    done = await sign_in(browser, platform, next_path="/console/batches?state=failed")
    assert (done.status_code, done.headers["location"]) == (303, "/console/batches?state=failed")
    assert done.headers["cache-control"] == "no-store"
    home = await browser.get("/console")
    assert (home.status_code, home.text.split()[0]) == (200, "local"), home.text


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/console",
        "//evil.example/console",
        "/\\evil.example",
        "/console/../identity",
        "/console/%2e%2e/identity",
        "/console//evil.example",
        "/consoles",
        "/console\r\nSet-Cookie: a=b",
        "/console/sign-out",
        "javascript:alert(1)",
    ],
)
async def test_nobody_is_sent_on_to_another_place(browser: Browser, platform: Platform, elsewhere: str) -> None:
    done = await sign_in(browser, platform, next_path=elsewhere)
    assert done.headers["location"] == "/console"


async def test_the_cookies_are_for_the_console_alone_and_for_no_script(browser: Browser, platform: Platform) -> None:
    begun = await browser.get("/console/sign-in")
    done = await sign_in(browser, platform)
    for response, name in ((begun, "textnlp_sign_in"), (done, "textnlp_session")):
        cookie = response.headers["set-cookie"]
        assert cookie.startswith(f"{name}=")
        assert {"Path=/console", "HttpOnly", "SameSite=Lax"} <= set(cookie.split("; "))
        assert "Secure" not in cookie


async def test_over_tls_the_cookies_are_sent_over_nothing_else(tmp_path: Path) -> None:
    platform = console_platform(tmp_path)
    async with browsing(platform, "https://text.example.org") as browser:
        done = await sign_in(browser, platform)
        assert done.headers["set-cookie"].startswith("__Secure-textnlp_session=")
        assert "Secure" in done.headers["set-cookie"].split("; ")
        assert (await browser.get("/console")).status_code == 200


async def test_behind_a_proxy_the_address_of_the_settings_counts(tmp_path: Path) -> None:
    made = console_platform(tmp_path)
    gateway = dataclasses.replace(made.gateway, public_url="https://text.example.org")
    platform = dataclasses.replace(made, doors=gateway)
    async with browsing(platform, "http://10.0.0.7:8000") as browser:
        begun = await browser.get("/console/sign-in")
        asked = parse_qs(urlsplit(begun.headers["location"]).query)
        assert asked["redirect_uri"] == ["https://text.example.org/console/signed-in"]
        assert begun.headers["set-cookie"].startswith("__Secure-textnlp_sign_in=")
        assert (await browser.get(begun.headers["location"])).status_code == 200


async def test_neither_token_nor_secret_stands_in_an_address(browser: Browser, platform: Platform) -> None:
    begun = await browser.get("/console/sign-in")
    back = await answered(browser, platform)
    done = await browser.get(back)
    secrets = [browser.cookies["textnlp_session"], browser.cookies["textnlp_sign_in"]]
    for address in (begun.headers["location"], back, done.headers["location"]):
        assert not any(secret in address for secret in secrets)
        assert "access_token" not in address


async def test_what_another_browser_began_is_not_ended_here(browser: Browser, platform: Platform) -> None:
    async with browsing(platform) as attacker:
        planted = await answered(attacker, platform)
    refused = await browser.get(planted)
    assert refused.status_code == 400
    await browser.get("/console/sign-in")
    assert (await browser.get(planted)).status_code == 400
    assert "textnlp_session" not in browser.cookies


async def test_a_session_that_somebody_planted_is_not_the_one_that_signing_in_opens(
    browser: Browser, platform: Platform
) -> None:
    async with browsing(platform) as attacker:
        await sign_in(attacker, platform)
        planted = attacker.cookies["textnlp_session"]
        browser.cookies.set("textnlp_session", planted, path="/console")
        done = await sign_in(browser, platform)
        assert planted not in done.headers["set-cookie"]
        assert (await attacker.get("/console")).status_code == 303


@pytest.mark.parametrize(
    "change",
    [{"iss": "https://evil.example"}, {"iss": ""}, {"state": "x"}, {"code": "x"}, {"error": "access_denied"}],
)
async def test_an_answer_that_was_changed_opens_nothing(
    browser: Browser, platform: Platform, change: dict[str, str]
) -> None:
    back = urlsplit(await answered(browser, platform))
    fields = {name: values[0] for name, values in parse_qs(back.query).items()} | change
    refused = await browser.get(back.path, params=fields)
    assert refused.status_code in {400, 403}
    assert "textnlp_session" not in browser.cookies
    assert 'href="/console/sign-in"' in refused.text
    assert "default-src 'none'" in refused.headers["content-security-policy"]


async def test_a_code_is_good_once(browser: Browser, platform: Platform) -> None:
    back = await answered(browser, platform)
    assert (await browser.get(back)).status_code == 303
    assert (await browser.get(back)).status_code == 400


async def test_who_takes_too_long_begins_again(browser: Browser, platform: Platform) -> None:
    back = await answered(browser, platform)
    await moved(platform).advance(FLOW_SECONDS)
    assert "too long ago" in (await browser.get(back)).text


async def test_two_pages_may_sign_in_at_once(browser: Browser, platform: Platform) -> None:
    first = await answered(browser, platform, next_path="/console/a")
    second = await answered(browser, platform, next_path="/console/b")
    assert (await browser.get(first)).headers["location"] == "/console/a"
    assert (await browser.get(second)).headers["location"] == "/console/b"


async def test_what_came_with_a_refusal_is_shown_as_text(browser: Browser, platform: Platform) -> None:
    back = urlsplit(await answered(browser, platform))
    fields = {name: values[0] for name, values in parse_qs(back.query).items()}
    fields |= {"error": "<script>alert(1)</script>", "error_description": "<script>alert(2)</script>"}
    refused = await browser.get(back.path, params=fields)
    assert "<script>" not in refused.text
    assert "&lt;script&gt;" in refused.text


async def test_where_there_are_two_issuers_both_are_offered(tmp_path: Path) -> None:
    made = console_platform(tmp_path)
    platform = dataclasses.replace(made, doors=dataclasses.replace(made.gateway, outside_issuer=ScriptedIssuer()))
    async with browsing(platform) as browser:
        page = await browser.get("/console/sign-in", params={"next": "/console/batches"})
        assert page.status_code == 200
        assert "Sign in with login.example.org &lt;b&gt;" in page.text
        for name, start in (("local", "/identity/authorize?"), ("outside", "https://login.example.org/authorize?")):
            address = f"/console/sign-in?next=%2Fconsole%2Fbatches&amp;issuer={name}"
            assert address in page.text
            begun = await browser.get(address.replace("&amp;", "&"))
            assert begun.headers["location"].startswith(start)


async def test_somebody_whose_session_has_ended_is_told_so(browser: Browser) -> None:
    page = await browser.get("/console/sign-in", params={"note": "expired"})
    assert page.status_code == 200
    assert "Your session has ended" in page.text


async def test_who_signs_out_is_signed_out_here_and_at_the_issuer(browser: Browser, platform: Platform) -> None:
    await sign_in(browser, platform)
    secret = browser.cookies["textnlp_session"]
    token = (await browser.get("/console")).text.split()[1]
    out = await browser.post("/console/sign-out", data={"form_token": token})
    assert (out.status_code, out.headers["location"]) == (303, "/console/signed-out")
    assert "textnlp_session" not in browser.cookies
    assert "You are signed out" in (await browser.get("/console/signed-out")).text
    browser.cookies.set("textnlp_session", secret, path="/console")
    assert (await browser.get("/console")).status_code == 303


async def test_a_page_elsewhere_signs_nobody_out(browser: Browser, platform: Platform) -> None:
    await sign_in(browser, platform)
    assert (await browser.post("/console/sign-out")).status_code == 403
    assert (await browser.get("/console")).status_code == 200


async def test_a_session_that_is_over_can_be_signed_out_of(browser: Browser) -> None:
    browser.cookies.set("textnlp_session", "s" * 43, path="/console")
    out = await browser.post("/console/sign-out", data={"form_token": "old"})
    assert out.headers["location"] == "/console/signed-out"


async def test_a_platform_that_asks_nobody_has_nothing_to_sign_in_to() -> None:
    async with browsing(memory_platform(), BASE) as browser:
        assert (await browser.get("/console")).text.startswith("anybody ")
        for path in ("/console/sign-in", "/console/signed-out"):
            assert (await browser.get(path)).headers["location"] == "/console"
        assert (await browser.get("/console/signed-in", params={"code": "x"})).status_code == 400
