"""Sessions of the console over HTTP: with a code of `textnlp login`, and at another issuer."""

import contextlib
import re
from collections.abc import AsyncGenerator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.acceptance.command_line import CommandLine
from tests.acceptance.served_platform import serve_platform
from tests.acceptance.test_up import running
from tests.doubles.mock_issuer import MockIssuer, running_issuer
from tests.doubles.oidc_issuer import CLIENT_ID, CLIENT_SECRET, OidcIssuer, running_oidc_issuer
from tests.doubles.openai_server import OpenAIStub
from textnlp.bootstrap.engine_wiring import SCRIPTED_MODEL
from textnlp.bootstrap.platform import Platform
from textnlp.settings import Settings
from textnlp.topology.scopes import AUDIENCE, READ, WRITE

pytestmark = pytest.mark.postgres

SESSION = "textnlp_session"
SECRET_VARIABLE = "CONSOLE_SECRET"  # noqa: S105  the name of one


def browsing(**options: Any) -> httpx.AsyncClient:
    return httpx.AsyncClient(follow_redirects=True, timeout=60, **options)


def form_token_in(page: str) -> str:
    found = re.search(r'name="form_token" value="(\w+)"', page)
    assert found, page
    return found[1]


async def sign_in_with(browser: httpx.AsyncClient, url: str, login: str) -> httpx.Response:
    """Open the console, prove who one is on the platform's own page, and return where that leads."""
    asked = await browser.get(f"{url}/console/batches")
    assert urlsplit(str(asked.url)).path == "/identity/authorize"
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', asked.text)
    form = {name: unescape(value) for name, value in hidden} | {"answer": "allow", "credential": login}
    return await browser.post(f"{url}/identity/authorize", data=form)


async def test_whoever_uses_this_machine_signs_in_to_the_console_and_out_again(command_line: CommandLine) -> None:
    async with OpenAIStub() as stub, running(command_line, stub) as platform, browsing() as browser:
        login = (await command_line.run("login")).stdout.strip()
        landed = await sign_in_with(browser, platform.url, login)
        assert (landed.status_code, urlsplit(str(landed.url)).path) == (200, "/console/batches")
        secret = browser.cookies[SESSION]
        cookie = {"Cookie": f"{SESSION}={secret}"}
        async with browsing() as stranger:
            assert (await stranger.get(f"{platform.url}/api/v1/batches", headers=cookie)).status_code == 401
            forged = await stranger.post(f"{platform.url}/console/sign-out", headers=cookie)
            assert forged.status_code == 403
        assert (await browser.get(f"{platform.url}/console")).url.path == "/console"
        token = form_token_in(landed.text)
        out = await browser.post(f"{platform.url}/console/sign-out", data={"form_token": token})
        assert (out.status_code, out.url.path) == (200, "/console/signed-out")
        async with browsing(headers=cookie) as thief:
            assert (await thief.get(f"{platform.url}/console")).url.path == "/console/sign-in"


@contextlib.asynccontextmanager
async def signing_in_elsewhere(
    issuer: str, database_url: str, folder: Path, **settings: Any
) -> AsyncGenerator[tuple[Platform, str]]:
    """Serve a platform whose console is a client of an issuer, and yield it with its address."""
    given = Settings(
        data_dir=folder,
        database_url=database_url,
        model=SCRIPTED_MODEL,
        issuer=issuer,
        console_client_id=CLIENT_ID,
        **settings,
    )
    async with serve_platform(database_url, folder, settings=given) as (platform, served):
        yield platform, served.url


@pytest.fixture
async def issuer() -> AsyncGenerator[OidcIssuer]:
    async with running_oidc_issuer() as made:
        yield made


async def signed_in_elsewhere(browser: httpx.AsyncClient, url: str) -> httpx.Response:
    address = f"{url}/console/sign-in"
    return await browser.get(address, params={"issuer": "outside", "next": "/console/batches"})


async def test_people_of_another_issuer_sign_in_there_and_stay_signed_in(
    issuer: OidcIssuer, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SECRET_VARIABLE, CLIENT_SECRET)
    issuer.answer["expires_in"] = 0
    async with (
        signing_in_elsewhere(issuer.url, database_url, tmp_path, console_client_secret_env=SECRET_VARIABLE) as (
            platform,
            url,
        ),
        browsing() as browser,
    ):
        offered = await browser.get(f"{url}/console")
        assert "Sign in with 127.0.0.1" in offered.text
        assert "Sign in with a code of this platform" in offered.text
        landed = await signed_in_elsewhere(browser, url)
        assert (landed.status_code, landed.url.path) == (200, "/console/batches")
        before = browser.cookies[SESSION]
        issuer.answer["expires_in"] = 3600
        assert (await browser.get(f"{url}/console")).url.path == "/console"
        assert browser.cookies[SESSION] != before
        assert [form["grant_type"] for form in issuer.forms] == ["authorization_code", "refresh_token", "refresh_token"]
        token = form_token_in((await browser.get(f"{url}/console")).text)
        await browser.post(f"{url}/console/sign-out", data={"form_token": token})
        assert issuer.forms[-1].keys() == {"token"}
        assert issuer.refresh_tokens == set()
        assert await platform.gateway.sessions.expire(platform.clock.now()) == 0


async def test_a_sign_in_with_an_id_token_of_another_one_is_refused(
    issuer: OidcIssuer, database_url: str, tmp_path: Path
) -> None:
    issuer.has_secret = False
    issuer.id_token["nonce"] = "another"
    async with (
        signing_in_elsewhere(issuer.url, database_url, tmp_path) as (_, url),
        browsing() as browser,
    ):
        refused = await signed_in_elsewhere(browser, url)
        assert refused.status_code == 403
        assert "answers another sign-in" in refused.text
        assert SESSION not in browser.cookies


async def test_a_stock_issuer_signs_people_in(database_url: str, tmp_path: Path) -> None:
    async with running_issuer() as stock:
        await people_of(stock)
        async with (
            signing_in_elsewhere(stock.url, database_url, tmp_path) as (_, url),
            browsing() as browser,
        ):
            landed = await signed_in_elsewhere(browser, url)
            assert (landed.status_code, landed.url.path) == (200, "/console/batches")


async def people_of(stock: MockIssuer) -> None:
    await stock.grant(aud=AUDIENCE, scp=f"{READ} {WRITE}")


async def test_behind_a_proxy_that_ends_tls_cookies_are_secure(database_url: str, tmp_path: Path) -> None:
    public = "https://text.example.org"
    settings = Settings(data_dir=tmp_path, database_url=database_url, model=SCRIPTED_MODEL, public_url=public)
    async with serve_platform(database_url, tmp_path, settings=settings) as (_, served):
        async with httpx.AsyncClient() as browser:
            begun = await browser.get(f"{served.url}/console/sign-in")
        cookie = begun.headers["set-cookie"]
        assert cookie.startswith("__Secure-textnlp_sign_in=")
        assert "Secure" in cookie.split("; ")
        assert "redirect_uri=https%3A%2F%2Ftext.example.org%2Fconsole%2Fsigned-in" in begun.headers["location"]
