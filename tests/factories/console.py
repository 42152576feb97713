"""A console with a page that asks for a grant, and one that changes something."""

import dataclasses
import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any

from litestar import Request, Response, Router, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.testing import AsyncTestClient

from tests.doubles.clock import ManualClock
from tests.factories.memory_platform import memory_gateway, memory_platform
from tests.factories.sign_ins import ISSUER
from textnlp.adapters.identity.either import KeyOrTokenAuthenticator
from textnlp.adapters.identity.key_authenticator import KeyAuthenticator
from textnlp.adapters.identity.local_issuer import LocalIssuer
from textnlp.adapters.identity.signing_keys import SigningKeys
from textnlp.adapters.identity.standing_authenticator import StandingAuthenticator
from textnlp.adapters.identity.token_authenticator import TokenAuthenticator
from textnlp.adapters.key_files.issuer_key import open_issuer_key
from textnlp.api.app import create_app
from textnlp.api.caller import principal_of
from textnlp.api.openapi import described
from textnlp.application.batch_intake import BatchIntake
from textnlp.application.make_login_code import make_login_code
from textnlp.bootstrap.gateway import Gateway
from textnlp.bootstrap.platform import Platform
from textnlp.console.form_guard import FormGuard
from textnlp.console.form_token import form_token_of
from textnlp.console.front import console_front
from textnlp.console.problem_page import answer_problem
from textnlp.console.views import sign_in as sign_in_view
from textnlp.domain.errors import TextNLPError
from textnlp.topology.scopes import READ, WRITE

BASE = "http://127.0.0.1:8000"
Browser = AsyncTestClient[Any]


@get("/console", opt=described(grant=READ))
async def show_home(request: Request[Any, Any, Any]) -> Response[str]:
    """Tell who is here, and give the token of a form."""
    told = f"{principal_of(request.scope).subject} {form_token_of(request)}"
    return Response(told, media_type="text/html")


@post("/console/changes", opt=described(grant=WRITE), status_code=200)
async def change_something(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Return the body as it came."""
    return Response(await request.body(), media_type="text/plain")


PAGES: tuple[HTTPRouteHandler, ...] = (*sign_in_view.PAGES, show_home, change_something)


def console_gateway(folder: Path, clock: ManualClock, gateway: Gateway | None = None) -> Gateway:
    """Return a gateway that believes its own tokens and keys, by a clock that the test moves."""
    gateway = gateway or memory_gateway()
    issuer = LocalIssuer(open_issuer_key(folder), issuer=ISSUER, clock=clock)
    keys = SigningKeys(issuer.fetch_keys, issuer=ISSUER, clock=clock)
    own = StandingAuthenticator(
        TokenAuthenticator(rules=issuer.rules, keys=keys, clock=clock),
        clients=gateway.clients,
        sign_ins=gateway.sign_ins,
        clock=clock,
    )
    authenticator = KeyOrTokenAuthenticator(keys=KeyAuthenticator(gateway.clients, clock=clock), tokens=[own])
    return dataclasses.replace(gateway, authenticator=authenticator, issuer=issuer)


def console_platform(folder: Path, clock: ManualClock | None = None, gateway: Gateway | None = None) -> Platform:
    """Return a platform in memory on which people sign in."""
    clock = clock or ManualClock(now=datetime(2026, 3, 1, 12, tzinfo=UTC))
    made = memory_platform(gateway=console_gateway(folder, clock, gateway))
    return dataclasses.replace(made, clock=clock)


def console_pages() -> Router:
    """Return the pages, guarded as those of the console are."""
    return Router(
        "/",
        route_handlers=PAGES,
        middleware=[FormGuard()],
        exception_handlers={TextNLPError: answer_problem},
    )


def console_app(platform: Platform) -> Any:
    """Return the application with the console's pages."""
    intake = BatchIntake(platform.batch_ports, open_source=platform.open_prompts, slice_rows=10)
    return create_app(platform, intake=intake, pages=[console_pages()], front=console_front(platform))


@asynccontextmanager
async def browsing(platform: Platform, base: str = BASE) -> AsyncGenerator[Browser]:
    """Open a browser that follows no redirect by itself."""
    async with AsyncTestClient(console_app(platform), base_url=base) as client:
        client.follow_redirects = False
        yield client


def form_of(page: str) -> dict[str, str]:
    """Return the hidden fields of a page's form."""
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page)
    return {name: unescape(value) for name, value in found}


async def login_code(platform: Platform, *permissions: str) -> str:
    """Return a code of `textnlp login`."""
    return await make_login_code(platform.gateway.sign_ins, permissions or (READ, WRITE), clock=platform.clock)


async def answered(browser: Browser, platform: Platform, *, next_path: str = "/console") -> str:
    """Begin to sign in and prove who one is; return the address that the browser is sent back to the console with."""
    begun = await browser.get("/console/sign-in", params={"next": next_path})
    assert begun.status_code == 303, begun.text
    page = await browser.get(begun.headers["location"])
    fields = {**form_of(page.text), "answer": "allow", "credential": await login_code(platform)}
    sent = await browser.post("/identity/authorize", data=fields)
    assert sent.status_code == 303, sent.text
    return sent.headers["location"]


async def sign_in(browser: Browser, platform: Platform, *, next_path: str = "/console") -> Any:
    """Sign in, and return the answer that sends the browser on."""
    return await browser.get(await answered(browser, platform, next_path=next_path))
