"""Who may call a running platform: signing in, limits, revocation, and what was used."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from functools import partial
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest

from tests.acceptance.command_line import CommandLine
from tests.acceptance.test_up import Running, running
from tests.doubles.openai_server import OpenAIStub
from tests.factories.sign_ins import REDIRECT_URI, VERIFIER, asked
from textnlp.topology.scopes import READ, WRITE

pytestmark = pytest.mark.postgres


async def called(platform: Running, credential: str) -> tuple[int, str]:
    """Return the status of a call, and the limit it is counted by."""
    headers = {"Authorization": f"Bearer {credential}"}
    async with aiohttp.ClientSession(headers=headers) as session, session.get(f"{platform.url}/api/v1/batches") as got:
        return got.status, got.headers.get("RateLimit-Limit", "")


async def answers(platform: Running, credential: str, status: int, *, limit: str | None = None) -> bool:
    found = await called(platform, credential)
    return found[0] == status and limit in {None, found[1]}


async def posted(platform: Running, path: str, **form: str) -> Any:
    async with aiohttp.ClientSession() as session, session.post(platform.url + path, data=form) as answer:
        assert answer.status == 200, await answer.text()
        return await answer.json()


async def code_for(platform: Running, login: str) -> str:
    """Sign in by hand, as a browser would, and return the code that the program gets."""
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar) as browser:
        wish = asked(scope=f"offline_access {READ} {WRITE}")
        async with browser.get(f"{platform.url}/identity/authorize", params=wish) as page:
            text = await page.text()
        hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', text)
        form = {name: unescape(value) for name, value in hidden} | {"answer": "allow", "credential": login}
        address = f"{platform.url}/identity/authorize"
        async with browser.post(address, data=form, allow_redirects=False) as sent:
            assert sent.status == 303, await sent.text()
            return parse_qs(urlsplit(sent.headers["Location"]).query)["code"][0]


async def test_whoever_uses_this_machine_signs_in_to_a_program(command_line: CommandLine) -> None:
    async with OpenAIStub() as stub, running(command_line, stub) as platform:
        login = (await command_line.run("login")).stdout.strip()
        code = await code_for(platform, login)
        tokens = await posted(
            platform,
            "/identity/token",
            grant_type="authorization_code",
            code=code,
            client_id="textnlp-native",
            redirect_uri=REDIRECT_URI,
            code_verifier=VERIFIER,
        )
        assert (await called(platform, tokens["access_token"]))[0] == 200
        fresh = await posted(
            platform,
            "/identity/token",
            grant_type="refresh_token",
            refresh_token=tokens["refresh_token"],
            client_id="textnlp-native",
        )
        async with aiohttp.ClientSession() as session:
            form = {"token": fresh["refresh_token"], "client_id": "textnlp-native"}
            assert (await session.post(f"{platform.url}/identity/revoke", data=form)).status == 200
        await eventually(lambda: answers(platform, tokens["access_token"], 401))


async def eventually(holds: Callable[[], Awaitable[bool]]) -> None:
    """Return once it holds; a platform tells nobody what it has noticed."""
    async with asyncio.timeout(20):
        while not await holds():  # noqa: ASYNC110  as above
            await asyncio.sleep(0.3)


async def test_limits_and_a_revocation_reach_a_running_platform(command_line: CommandLine) -> None:
    async with OpenAIStub() as stub, running(command_line, stub) as platform:
        created = (await command_line.run("client", "create", "notebook", "--json")).json()
        client_id, key = created["client_id"], created["api_key"]
        form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": key}
        token = (await posted(platform, "/identity/token", **form))["access_token"]
        for credential in (key, token):
            assert await called(platform, credential) == (200, "1000")
        changed = await command_line.run("client", "limits", client_id, "--calls-per-minute", "900", "--json")
        assert changed.json()["call_limits"] == {"rate-limit": 900}
        for credential in (key, token):
            await eventually(partial(answers, platform, credential, 200, limit="900"))
        shown = await command_line.run("client", "limits", client_id)
        assert re.search(r"rate-limit +900 calls in 60 s +its own", shown.stdout)
        assert "rate-limit=900" in " ".join((await command_line.run("client", "list")).stdout.split())
        reset = await command_line.run("client", "limits", client_id, "--reset", "--calls-per-month", "7", "--json")
        assert reset.json()["call_limits"] == {"quota": 7}
        await command_line.run("client", "revoke", client_id)
        for credential in (key, token):
            await eventually(partial(answers, platform, credential, 401))


async def test_what_was_used_is_shown_with_its_budgets(command_line: CommandLine) -> None:
    async with OpenAIStub() as stub, running(command_line, stub) as platform:
        there = {"TEXTNLP_SERVER": platform.url}
        empty = await command_line.run("usage", **there)
        assert "Nothing was used" in empty.stdout
        assert (await platform.post("/api/v1/generate", {"prompt": "Hello"}))[0] == 200
        made = (await command_line.run("usage", "budget", "set", "500", "--unit", "tokens", "--json", **there)).json()

        async def is_counted() -> bool:
            return bool((await command_line.run("usage", "--json", **there)).json()["groups"])

        await eventually(is_counted)
        found = (await command_line.run("usage", "--by", "client", "--json", **there)).json()
        assert (found["groups"][0]["key"], found["groups"][0]["calls"]) == ("local", 1)
        assert [budget["id"] for budget in found["budgets"]] == [made["id"]]
        table = (await command_line.run("usage", "--by", "model", **there)).stdout
        assert "stub" in table
        assert made["id"] in table
        csv = (await command_line.run("usage", "--by", "model", "--csv", **there)).stdout
        assert csv.splitlines()[0].startswith("model,calls,failed")
        listed = await command_line.run("usage", "budget", "list", "--json", **there)
        assert json.loads(listed.stdout)["limit"] == "500"
        assert (await command_line.run("usage", "budget", "remove", made["id"], **there)).exit_code == 0
        gone = await command_line.run("usage", "budget", "remove", made["id"], **there)
        assert gone.exit_code == 1
        refused = await command_line.run("usage", "budget", "set", "-1", **there)
        assert refused.exit_code == 2
