import asyncio
import dataclasses
import logging
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest

from tests.doubles.clock import ManualClock
from tests.factories.console import Browser, browsing, console_platform, sign_in
from textnlp.adapters.database.memory_session_store import MemorySessionStore
from textnlp.bootstrap.platform import Platform
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identity.session import HANDOVER_SECONDS, IDLE_SECONDS, SESSION_HOURS, StoredSession

NEARLY_AN_HOUR = 3400


class StoreAway(MemorySessionStore):
    async def find(self, digest: bytes) -> StoredSession | None:
        raise TextNLPError(f"The database with {len(digest)} is away.", kind=ErrorKind.UNAVAILABLE)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def platform(tmp_path: Path, clock: ManualClock) -> Platform:
    return console_platform(tmp_path, clock)


@pytest.fixture
async def browser(platform: Platform) -> AsyncGenerator[Browser]:
    async with browsing(platform) as client:
        yield client


def is_let_in(response: Any) -> bool:
    return response.status_code == 200


async def test_the_cookie_opens_nothing_but_the_console(browser: Browser, platform: Platform) -> None:
    await sign_in(browser, platform)
    cookie = f"textnlp_session={browser.cookies['textnlp_session']}"
    assert is_let_in(await browser.get("/console"))
    for path in ("/api/v1/batches", "/v1/models", "/consoles"):
        assert (await browser.get(path, headers={"Cookie": cookie})).status_code in {401, 404}


async def test_a_request_with_credentials_of_its_own_is_left_alone(browser: Browser, platform: Platform) -> None:
    await sign_in(browser, platform)
    assert (await browser.get("/console", headers={"Authorization": "Bearer a.b.c"})).status_code == 303
    assert (await browser.get("/console", headers={"Api-Key": "tnlp_none"})).status_code == 303


@pytest.mark.parametrize("cookie", ["", "x", "x" * 43, "ä" * 43, "x" * 5000])
async def test_a_cookie_that_is_no_session_opens_nothing(browser: Browser, cookie: str) -> None:
    refused = await browser.get("/console", headers={b"cookie": f"textnlp_session={cookie}".encode()})
    assert refused.status_code == 303


async def test_of_two_cookies_of_one_name_neither_counts(browser: Browser, platform: Platform) -> None:
    await sign_in(browser, platform)
    own = browser.cookies["textnlp_session"]
    browser.cookies.clear()
    for pair in (f"textnlp_session={own}; textnlp_session=x", f"textnlp_session=x; textnlp_session={own}"):
        assert (await browser.get("/console", headers={"Cookie": pair})).status_code == 303
    assert is_let_in(await browser.get("/console", headers={"Cookie": f"other=1; textnlp_session={own}"}))


async def test_an_idle_session_ends(browser: Browser, platform: Platform, clock: ManualClock) -> None:
    await sign_in(browser, platform)
    await clock.advance(IDLE_SECONDS)
    assert (await browser.get("/console")).headers["location"] == "/console/sign-in?next=%2Fconsole&note=expired"


async def test_a_session_ends_after_half_a_day_however_much_it_is_used(
    browser: Browser, platform: Platform, clock: ManualClock
) -> None:
    await sign_in(browser, platform)
    step = IDLE_SECONDS // 2
    for _ in range(SESSION_HOURS * 3600 // step - 1):
        await clock.advance(step)
        assert is_let_in(await browser.get("/console"))
    await clock.advance(step)
    assert not is_let_in(await browser.get("/console"))


async def test_a_session_is_renewed_under_another_secret(
    browser: Browser, platform: Platform, clock: ManualClock
) -> None:
    await sign_in(browser, platform)
    old = browser.cookies["textnlp_session"]
    form_token = (await browser.get("/console")).text.split()[1]
    await clock.advance(NEARLY_AN_HOUR)
    home = await browser.get("/console")
    assert is_let_in(home)
    fresh = browser.cookies["textnlp_session"]
    assert fresh != old
    assert home.text.split()[1] == form_token
    await clock.advance(HANDOVER_SECONDS - 1)
    browser.cookies.clear()
    late = await browser.get("/console", headers={"Cookie": f"textnlp_session={old}"})
    assert is_let_in(late)
    assert f"textnlp_session={fresh};" in late.headers["set-cookie"]
    await clock.advance(1)
    browser.cookies.clear()
    assert not is_let_in(await browser.get("/console", headers={"Cookie": f"textnlp_session={old}"}))


async def test_of_requests_that_come_at_once_one_renews_and_all_are_answered(
    browser: Browser, platform: Platform, clock: ManualClock
) -> None:
    await sign_in(browser, platform)
    await clock.advance(NEARLY_AN_HOUR)
    old = browser.cookies["textnlp_session"]
    answers = await asyncio.gather(
        *(browser.get("/console", headers={"Cookie": f"textnlp_session={old}"}) for _ in range(10))
    )
    assert all(is_let_in(answer) for answer in answers)
    given = {answer.headers["set-cookie"] for answer in answers if "set-cookie" in answer.headers}
    assert len({cookie.partition(";")[0] for cookie in given}) == 1


async def test_the_cookie_of_a_renewed_session_comes_with_a_refusal_too(
    browser: Browser, platform: Platform, clock: ManualClock
) -> None:
    await sign_in(browser, platform)
    await clock.advance(NEARLY_AN_HOUR)
    refused = await browser.post("/console/changes", data={"form_token": "wrong"})
    assert refused.status_code == 403
    assert refused.headers["set-cookie"].startswith("textnlp_session=")


async def test_a_sign_in_that_was_revoked_at_the_issuer_opens_nothing(
    browser: Browser, platform: Platform, clock: ManualClock
) -> None:
    await sign_in(browser, platform)
    sign_ins: Any = platform.gateway.sign_ins
    (begun,) = [each for each in sign_ins._sign_ins.values() if each.oauth_client == "textnlp-console"]
    await sign_ins.revoke(begun.id, clock.now())
    await clock.advance(20)
    assert (await browser.get("/console")).headers["location"] == "/console/sign-in?next=%2Fconsole&note=expired"


async def test_a_store_that_is_away_is_not_taken_for_a_session_that_has_ended(
    tmp_path: Path, clock: ManualClock
) -> None:
    made = console_platform(tmp_path, clock)
    platform = dataclasses.replace(made, doors=dataclasses.replace(made.gateway, sessions=StoreAway()))
    async with browsing(platform) as browser:
        assert (await browser.get("/console", headers={"Cookie": f"textnlp_session={'x' * 43}"})).status_code == 503


async def test_no_secret_is_logged(browser: Browser, platform: Platform, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    await sign_in(browser, platform)
    await browser.get("/console")
    own = [record.getMessage() for record in caplog.records if record.name.startswith("textnlp")]
    assert browser.cookies["textnlp_session"] not in "\n".join(own)
