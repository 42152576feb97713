import dataclasses
import re
from collections.abc import AsyncGenerator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from litestar.testing import AsyncTestClient

from tests.factories.api_keys import forged_key
from tests.factories.memory_platform import CLOCK, memory_gateway, memory_platform
from tests.factories.sign_ins import ISSUER, REDIRECT_URI, VERIFIER, asked
from textnlp.adapters.identity.local_issuer import LocalIssuer
from textnlp.adapters.key_files.issuer_key import open_issuer_key
from textnlp.api.app import create_app
from textnlp.application.batch_intake import BatchIntake
from textnlp.application.make_login_code import make_login_code
from textnlp.bootstrap.platform import Platform
from textnlp.topology.scopes import ADMIN, READ, WRITE

BASE = "http://127.0.0.1:8000"
AUTHORIZE = "/identity/authorize"
Browser = AsyncTestClient[Any]


@pytest.fixture
def platform(tmp_path: Path) -> Platform:
    issuer = LocalIssuer(open_issuer_key(tmp_path), issuer=ISSUER, clock=CLOCK)
    return memory_platform(gateway=dataclasses.replace(memory_gateway(), issuer=issuer))


@pytest.fixture
async def browser(platform: Platform) -> AsyncGenerator[Browser]:
    intake = BatchIntake(platform.batch_ports, open_source=platform.open_prompts, slice_rows=10)
    app = create_app(platform, intake=intake)
    async with AsyncTestClient(app, base_url=BASE) as client:
        client.follow_redirects = False
        yield client


async def login_code(platform: Platform, *permissions: str) -> str:
    return await make_login_code(platform.gateway.sign_ins, permissions or (READ, WRITE), clock=CLOCK)


def form_of(page: str) -> dict[str, str]:
    """Return the hidden fields of the page's form."""
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page)
    return {name: unescape(value) for name, value in found}


async def opened(browser: Browser, **changes: str) -> dict[str, str]:
    page = await browser.get(AUTHORIZE, params=asked(**changes))
    assert page.status_code == 200, page.text
    return form_of(page.text)


def answer_in(response: Any) -> dict[str, str]:
    assert response.status_code in {302, 303}, response.text
    assert response.headers["location"].startswith(f"{REDIRECT_URI}?")
    location: str = response.headers["location"]
    return {name: value for name, (value,) in parse_qs(urlsplit(location).query).items()}


async def test_a_person_signs_in_and_the_program_gets_its_tokens(browser: Browser, platform: Platform) -> None:
    form = await opened(browser)
    sent = await browser.post(
        AUTHORIZE, data={**form, "answer": "allow", "credential": await login_code(platform, READ)}
    )
    assert sent.status_code == 303
    answer = answer_in(sent)
    assert (answer["state"], answer["iss"]) == ("s-1", ISSUER)
    tokens = await browser.post(
        "/identity/token",
        data={
            "grant_type": "authorization_code",
            "code": answer["code"],
            "client_id": "textnlp-native",
            "redirect_uri": REDIRECT_URI,
            "code_verifier": VERIFIER,
        },
    )
    assert tokens.status_code == 200, tokens.text
    assert set(tokens.json()) == {
        *("access_token", "token_type", "expires_in", "scope", "refresh_token", "id_token"),
    }


async def test_the_page_says_who_asks_for_what_and_runs_nothing(browser: Browser) -> None:
    page = await browser.get(AUTHORIZE, params=asked(scope=f"openid offline_access {READ} {ADMIN}"))
    assert page.headers["content-type"].startswith("text/html")
    for said in ("a program on this computer", "127.0.0.1:49152", "read generations", "administer", "30 days"):
        assert said in page.text
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self' http://127.0.0.1:49152;" in policy
    assert "unsafe" not in policy
    assert page.headers["cache-control"] == "no-store"
    assert not re.search(r"<script|<style|style=|\son\w+=|https?://", re.sub(r'value="[^"]*"', "", page.text))
    (sheet,) = re.findall(r'href="([^"]+)"', page.text)
    style = await browser.get(sheet)
    assert style.headers["content-type"].startswith("text/css")


async def test_a_program_on_an_address_of_the_sixth_version_can_be_sent_on_to(browser: Browser) -> None:
    page = await browser.get(AUTHORIZE, params=asked(redirect_uri="http://[::1]:49152/callback"))
    assert "form-action 'self' http:;" in page.headers["content-security-policy"]


async def test_the_cookie_of_the_form_is_kept_from_scripts_and_other_sites(browser: Browser) -> None:
    page = await browser.get(AUTHORIZE, params=asked())
    cookie = page.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "path=/identity" in cookie
    again = await browser.get(AUTHORIZE, params=asked())
    assert form_of(again.text)["form_token"] == form_of(page.text)["form_token"]


@pytest.mark.parametrize("text", ['"><script>alert(1)</script>', "' onfocus=alert(1) '"])
async def test_what_a_request_brings_is_shown_as_text(browser: Browser, text: str) -> None:
    page = await browser.get(AUTHORIZE, params=asked(state=text))
    assert text not in page.text
    assert form_of(page.text)["state"] == text
    refused = await browser.get(AUTHORIZE, params=asked(client_id=text))
    assert refused.status_code == 400
    assert text not in refused.text


@pytest.mark.parametrize(
    "changes",
    [{"client_id": "unknown"}, {"redirect_uri": "https://example.org/callback"}, {"redirect_uri": ""}],
)
async def test_who_is_not_known_is_never_sent_anything(browser: Browser, changes: dict[str, str]) -> None:
    for response in (
        await browser.get(AUTHORIZE, params=asked(**changes)),
        await browser.post(AUTHORIZE, data=asked(**changes)),
    ):
        assert response.status_code == 400
        assert "location" not in response.headers
        assert response.headers["content-type"].startswith("text/html")
        assert "frame-ancestors 'none'" in response.headers["content-security-policy"]


async def test_a_parameter_that_comes_twice_is_refused(browser: Browser) -> None:
    repeated = f"{AUTHORIZE}?{urlencode([*asked().items(), ('scope', READ)])}"
    assert (await browser.get(repeated)).status_code == 400


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge": ""}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"scope": "Everything"}, "invalid_scope"),
        ({"prompt": "none"}, "login_required"),
    ],
)
async def test_a_known_program_is_told_what_is_wrong(browser: Browser, changes: dict[str, str], error: str) -> None:
    answer = answer_in(await browser.get(AUTHORIZE, params=asked(**changes)))
    assert (answer["error"], answer["state"], answer["iss"]) == (error, "s-1", ISSUER)


async def test_who_cancels_gives_nothing(browser: Browser) -> None:
    form = await opened(browser)
    answer = answer_in(await browser.post(AUTHORIZE, data={**form, "answer": "deny", "credential": ""}))
    assert answer["error"] == "access_denied"
    assert "code" not in answer


@pytest.mark.parametrize("credential", ["", "wrong", forged_key().text])
async def test_a_wrong_credential_shows_the_page_again_without_it(browser: Browser, credential: str) -> None:
    form = await opened(browser)
    again = await browser.post(AUTHORIZE, data={**form, "answer": "allow", "credential": credential})
    assert again.status_code == 403
    assert 'role="alert"' in again.text
    if credential:
        assert credential not in again.text
    assert form_of(again.text) == form


async def test_guessing_codes_is_refused_after_a_while(browser: Browser, platform: Platform) -> None:
    form = {**(await opened(browser)), "answer": "allow"}
    for number in range(60):
        await browser.post(AUTHORIZE, data={**form, "credential": f"guess-{number}"})
    waiting = await browser.post(AUTHORIZE, data={**form, "credential": await login_code(platform)})
    assert waiting.status_code == 429
    assert int(waiting.headers["retry-after"]) > 0


async def test_a_form_from_elsewhere_is_refused_and_uses_no_code_up(browser: Browser, platform: Platform) -> None:
    form = await opened(browser)
    sent = {**form, "answer": "allow", "credential": await login_code(platform)}
    foreign = [
        await browser.post(AUTHORIZE, data=sent | {"form_token": "x" * 43}),
        await browser.post(AUTHORIZE, data={name: value for name, value in sent.items() if name != "form_token"}),
        await browser.post(AUTHORIZE, data=sent, headers={"Sec-Fetch-Site": "cross-site"}),
        await browser.post(AUTHORIZE, data=sent, headers={"Origin": "https://example.org"}),
    ]
    assert [each.status_code for each in foreign] == [403] * 4
    browser.cookies.clear()
    assert (await browser.post(AUTHORIZE, data=sent)).status_code == 403
    assert (await browser.post(AUTHORIZE, data=sent | {"form_token": ""})).status_code == 403
    again = await opened(browser)
    accepted = await browser.post(AUTHORIZE, data={**again, "answer": "allow", "credential": sent["credential"]})
    assert "code" in answer_in(accepted)


async def test_what_the_person_may_not_do_is_not_given(browser: Browser, platform: Platform) -> None:
    form = await opened(browser, scope=WRITE)
    credential = await login_code(platform, READ)
    answer = answer_in(await browser.post(AUTHORIZE, data={**form, "answer": "allow", "credential": credential}))
    assert answer["error"] == "invalid_scope"


async def test_the_console_signs_in_on_the_platforms_own_address(browser: Browser) -> None:
    own = asked(client_id="textnlp-console", redirect_uri=f"{BASE}/console/signed-in")
    assert (await browser.get(AUTHORIZE, params=own)).status_code == 200
    foreign = await browser.get(AUTHORIZE, params=own | {"redirect_uri": "http://127.0.0.1:9000/console/signed-in"})
    assert foreign.status_code == 400
