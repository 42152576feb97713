import gzip
from collections.abc import AsyncGenerator, Callable
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.factories.signed_tokens import public, rsa_key
from textnlp.adapters.identity.issuer_http import DISCOVERY_PATH
from textnlp.adapters.identity.jwks_source import JwksSource
from textnlp.domain.errors import ErrorKind, TextNLPError


class _Server:
    """Answers `pages` by path; counts nothing, follows nothing."""

    def __init__(self) -> None:
        self.pages: dict[str, Callable[[], web.Response]] = {}
        self.issuer = ""

    async def answer(self, request: web.Request) -> web.Response:
        page = self.pages.get(request.path)
        return web.Response(status=404) if page is None else page()

    def describe(self, **changes: Any) -> None:
        document = {"issuer": self.issuer, "jwks_uri": f"{self.issuer}/keys"} | changes
        self.pages[f"/tenant{DISCOVERY_PATH}"] = lambda: web.json_response(document)

    def publish(self, body: bytes, **answer: Any) -> None:
        self.pages["/tenant/keys"] = lambda: web.Response(body=body, **answer)


@pytest.fixture
async def server() -> AsyncGenerator[_Server]:
    pages = _Server()
    app = web.Application()
    app.router.add_get("/{path:.*}", pages.answer)
    async with TestServer(app) as running:
        pages.issuer = str(running.make_url("/tenant"))
        pages.describe()
        pages.publish(b'{"keys": []}')
        yield pages


async def refusal(server: _Server) -> str:
    with pytest.raises(TextNLPError) as caught:
        await JwksSource(server.issuer).fetch()
    assert caught.value.kind is ErrorKind.UNAVAILABLE
    assert caught.value.facts.hint
    return caught.value.message


async def test_keys_are_found_through_the_description_of_the_issuer(server: _Server) -> None:
    documents = public(rsa_key("a"))
    server.pages["/tenant/keys"] = lambda: web.json_response({"keys": documents})
    assert await JwksSource(server.issuer).fetch() == documents


async def test_an_issuer_that_ends_in_a_slash_is_found(server: _Server) -> None:
    server.describe(issuer=f"{server.issuer}/")
    assert await JwksSource(f"{server.issuer}/").fetch() == []


async def test_a_description_of_another_issuer_is_refused(server: _Server) -> None:
    server.describe(issuer="https://evil.example")
    assert "describes itself as 'https://evil.example'" in await refusal(server)


@pytest.mark.parametrize("url", ["http://keys.example/keys", "file:///etc/passwd", "keys", "http://[::1", ""])
async def test_keys_are_not_fetched_where_others_could_change_them(server: _Server, url: str) -> None:
    server.describe(jwks_uri=url)
    assert "not https" in await refusal(server)


async def test_redirects_are_not_followed(server: _Server) -> None:
    server.pages["/tenant/keys"] = lambda: web.Response(status=302, headers={"Location": f"{server.issuer}/other"})
    assert "answered 302" in await refusal(server)


async def test_what_is_missing_or_malformed_is_named(server: _Server) -> None:
    for body in (b"", b"<html>", b"[]", b'{"keys": {}}', b'{"keys": [5]}', b"[" * 100_000):
        server.publish(body)
        assert f"{server.issuer}/keys answered something else" in await refusal(server)
    server.pages.pop("/tenant/keys")
    assert "answered 404" in await refusal(server)
    server.describe(jwks_uri=5)
    assert f"{DISCOVERY_PATH} answered something else" in await refusal(server)


async def test_no_more_than_a_megabyte_is_read_also_when_it_is_packed(server: _Server) -> None:
    body = b'{"keys": []' + b" " * (1 << 20) + b"}"
    server.publish(body)
    assert "more than 1048576 bytes" in await refusal(server)
    server.publish(gzip.compress(body), headers={"Content-Encoding": "gzip"})
    assert "more than 1048576 bytes" in await refusal(server)


async def test_a_server_that_cannot_be_reached_is_named() -> None:
    with pytest.raises(TextNLPError, match="cannot be reached") as caught:
        await JwksSource("http://127.0.0.1:1").fetch()
    assert caught.value.kind is ErrorKind.UNAVAILABLE


@pytest.mark.parametrize(
    "issuer",
    [
        "",
        "issuer",
        "http://issuer.example",
        "ftp://issuer.example",
        "https://",
        "https://a@b",
        "https://a?b",
        "https://a#b",
    ],
)
def test_an_issuer_must_be_an_https_url_or_on_this_machine(issuer: str) -> None:
    with pytest.raises(TextNLPError) as caught:
        JwksSource(issuer)
    assert caught.value.kind is ErrorKind.INVALID_INPUT


@pytest.mark.parametrize("issuer", ["https://issuer.example/v2.0", "http://localhost:8000", "http://[::1]:8000"])
def test_an_issuer_on_https_or_on_this_machine_is_taken(issuer: str) -> None:
    assert JwksSource(issuer)
