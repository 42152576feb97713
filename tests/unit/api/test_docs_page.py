import copy
from collections.abc import AsyncGenerator
from html.parser import HTMLParser
from typing import Any

import pytest
from litestar.testing import AsyncTestClient

from tests.factories.memory_platform import memory_platform
from tests.unit.api.test_app import Client
from textnlp.api.app import ROUTES, create_app
from textnlp.api.docs_page import render_docs
from textnlp.api.openapi_document import openapi_document
from textnlp.application.batch_intake import BatchIntake

DOCUMENT = openapi_document(ROUTES)
PAGE = render_docs(DOCUMENT).decode()
_EMPTY = {"meta", "link"}


class Reader(HTMLParser):
    """Reads a page strictly: every element that is opened must be closed, in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in _EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def values(self, name: str) -> list[str]:
        return [value for _, attributes in self.elements if (value := attributes.get(name)) is not None]


@pytest.fixture
async def client() -> AsyncGenerator[Client]:
    platform = memory_platform()
    intake = BatchIntake(platform.batch_ports, open_source=platform.open_prompts, slice_rows=10)
    async with AsyncTestClient(create_app(platform, intake=intake), base_url="http://127.0.0.1:8000") as test_client:
        yield test_client


async def test_the_page_may_load_its_style_and_nothing_else(client: Client) -> None:
    response = await client.get("/docs")
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    policy = response.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'self';")
    assert "unsafe" not in policy
    style = await client.get("/docs/style.css")
    assert style.headers["content-type"] == "text/css; charset=utf-8"
    assert "url(" not in style.text
    assert "@import" not in style.text


def test_nothing_on_the_page_is_a_script_a_style_of_its_own_or_from_elsewhere() -> None:
    page = Reader(PAGE)
    assert not {tag for tag, _ in page.elements} & {"script", "style", "iframe", "img", "object", "form"}
    names = {name for _, attributes in page.elements for name in attributes}
    assert not [name for name in names if name == "style" or name.startswith("on")]
    addresses = [*page.values("href"), *page.values("src")]
    assert {address for address in addresses if not address.startswith("#")} == {"docs/style.css", "openapi.json"}


def test_every_link_within_the_page_leads_somewhere() -> None:
    page = Reader(PAGE)
    ids = page.values("id")
    assert len(set(ids)) == len(ids)
    assert not {address[1:] for address in page.values("href") if address.startswith("#")} - set(ids)


def test_every_route_and_every_schema_is_on_the_page() -> None:
    for path in DOCUMENT["paths"]:
        assert f">{path}</code>" in PAGE, path
    for name in DOCUMENT["components"]["schemas"]:
        assert f'id="schema-{name}"' in PAGE, name


def test_whatever_the_document_says_is_text_on_the_page() -> None:
    hostile: dict[str, Any] = copy.deepcopy(DOCUMENT)
    evil = '"><script>alert(1)</script>`<img src=x>`'
    operation = hostile["paths"]["/api/v1/batches"]["get"]
    operation.update(summary=evil, description=evil)
    operation["parameters"][0].update(name=evil, description=evil)
    hostile["info"]["title"] = evil
    page = Reader(render_docs(hostile).decode())
    assert not {tag for tag, _ in page.elements} & {"script", "img"}
