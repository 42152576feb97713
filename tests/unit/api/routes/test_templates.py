from collections.abc import AsyncGenerator
from typing import Any

import pytest
from litestar.testing import AsyncTestClient

from tests.factories.memory_platform import memory_gateway, memory_platform
from textnlp.api.app import create_app
from textnlp.api.schemas.template import TemplateCreate
from textnlp.application.batch_intake import BatchIntake
from textnlp.domain.identity.principal import Principal
from textnlp.topology.scopes import ADMIN, READ, WRITE

TEMPLATES = "/api/v1/templates"
REVIEW = TemplateCreate.EXAMPLE
VARIABLES = {"product": "kettle"}


class NamedTenants:
    """Knows everybody as a writer of the tenant they name, and `admin` as an administrator of one of that name."""

    async def authenticate(self, credential: str) -> Principal:
        grants = {READ, WRITE} | ({ADMIN} if credential == "admin" else set[str]())
        return Principal(subject="s", tenant=credential, caller=credential, grants=frozenset(grants))


def of(tenant: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {tenant}"}


@pytest.fixture
async def client() -> AsyncGenerator[AsyncTestClient[Any]]:
    platform = memory_platform(gateway=memory_gateway(NamedTenants()))
    intake = BatchIntake(platform.batch_ports, open_source=platform.open_prompts, slice_rows=10)
    app = create_app(platform, intake=intake)
    async with AsyncTestClient(app, base_url="http://api.example.org") as client:
        client.headers.update(of("acme"))
        yield client


async def created(client: AsyncTestClient[Any], **changes: Any) -> dict[str, Any]:
    made = await client.post(TEMPLATES, json=REVIEW | changes)
    assert made.status_code == 201, made.text
    return made.json()


async def test_a_template_is_shown_as_it_was_created(client: AsyncTestClient[Any]) -> None:
    made = await created(client)
    assert {name: made[name] for name in REVIEW} == REVIEW
    assert (made["reference"], made["version"], made["variables"]) == ("review@1", 1, ["product"])
    assert (await client.get(f"{TEMPLATES}/review")).json() == {**made, "versions": [1]}
    assert (await client.get(f"{TEMPLATES}/review/versions/1")).json() == made


async def test_changes_make_versions_and_the_same_makes_none(client: AsyncTestClient[Any]) -> None:
    first = await created(client)
    assert await created(client) == first
    second = await created(client, description="Other.")
    assert second["version"] == 2
    latest = (await client.get(f"{TEMPLATES}/review")).json()
    assert (latest["version"], latest["versions"]) == (2, [1, 2])
    assert (await client.get(f"{TEMPLATES}/review/versions/1")).json() == first


async def test_a_test_without_a_name_has_its_number(client: AsyncTestClient[Any]) -> None:
    made = await created(client, tests=[{"given": VARIABLES, "expect": ["kettle"]}])
    assert made["tests"] == [{"name": "test 1", "given": VARIABLES, "expect": ["kettle"], "reject": []}]


async def test_templates_are_listed_page_by_page(client: AsyncTestClient[Any]) -> None:
    for name in ("b", "a", "c"):
        await created(client, name=name)
    first = (await client.get(TEMPLATES, params={"limit": 2})).json()
    assert [each["reference"] for each in first["templates"]] == ["a@1", "b@1"]
    rest = (await client.get(TEMPLATES, params={"after": first["next_after"]})).json()
    assert ([each["name"] for each in rest["templates"]], rest["next_after"]) == (["c"], None)


@pytest.mark.parametrize("reference", ["review", "review@latest", "review@2"])
async def test_a_template_is_rendered_with_variables(client: AsyncTestClient[Any], reference: str) -> None:
    await created(client, prompt="Write a review of a {{ product }}s.", tests=[])
    await created(client)
    rendered = await client.post(f"{TEMPLATES}/{reference}/render", json={"variables": VARIABLES})
    assert rendered.status_code == 200, rendered.text
    assert rendered.json() == {
        "reference": "review@2",
        "prompt": "Write a one-sentence review of a kettle.",
        "system": REVIEW["system"],
    }


async def test_the_tests_of_a_template_are_run(client: AsyncTestClient[Any]) -> None:
    await created(client)
    report = await client.post(f"{TEMPLATES}/review@1/test")
    assert report.status_code == 200, report.text
    assert report.json() == {
        "reference": "review@1",
        "passed": True,
        "findings": [
            {
                "test": "a kettle",
                "passed": True,
                "missing": [],
                "unwanted": [],
                "error": None,
                "prompt": "Write a one-sentence review of a kettle.",
                "system": REVIEW["system"],
            }
        ],
    }


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "Review"}, "name"),
        ({"prompt": "{{"}, "prompt"),
        ({"system": "{{"}, "system"),
        ({"prompt": "Nothing."}, "tests[0]"),
        ({"tests": [{"given": {"a": 1}}]}, "tests[0]"),
        ({"tests": [{"expected": ["a"]}]}, "tests[0].expected"),
        ({"promt": "a"}, "promt"),
    ],
)
async def test_what_cannot_be_stored_is_refused_by_its_field(
    client: AsyncTestClient[Any], changes: dict[str, Any], field: str
) -> None:
    refused = await client.post(TEMPLATES, json=REVIEW | changes)
    assert refused.status_code == 422, refused.text
    assert refused.json()["field"] == field
    assert (await client.get(TEMPLATES)).json()["templates"] == []


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("other", "no template 'other'"),
        ("review/versions/2", "no version 2"),
        ("review/versions/one", "names no version"),
        ("REVIEW", "no name of a template"),
        ("review@1", "names no version"),
        ("@rival", "names no version"),
    ],
)
async def test_what_is_not_there_or_cannot_be_is_not_found(client: AsyncTestClient[Any], path: str, said: str) -> None:
    await created(client)
    answer = await client.get(f"{TEMPLATES}/{path}")
    assert answer.status_code == 404
    assert said in answer.json()["detail"]


async def test_what_cannot_be_rendered_is_told(client: AsyncTestClient[Any]) -> None:
    await created(client)
    missing = await client.post(f"{TEMPLATES}/review/render", json={})
    assert (missing.status_code, missing.json()["field"]) == (422, "template")
    assert "'product'" in missing.json()["detail"]
    for action in ("render", "test"):
        for reference in ("review@9", "review@x", "REVIEW"):
            absent = await client.post(f"{TEMPLATES}/{reference}/{action}", json={})
            assert absent.status_code == 404


async def test_a_call_with_a_key_is_made_once(client: AsyncTestClient[Any]) -> None:
    key = {"Idempotency-Key": "one"}
    first = await client.post(TEMPLATES, json=REVIEW, headers=key)
    await created(client, description="Other.")
    again = await client.post(TEMPLATES, json=REVIEW, headers=key)
    assert again.json() == first.json()
    assert (await client.get(f"{TEMPLATES}/review")).json()["versions"] == [1, 2]


async def test_no_tenant_sees_the_templates_of_another_and_an_administrator_has_a_tenant_too(
    client: AsyncTestClient[Any],
) -> None:
    await created(client)
    for other in (of("rival"), of("admin")):
        assert (await client.get(TEMPLATES, headers=other)).json()["templates"] == []
        for path in ("review", "review/versions/1"):
            assert (await client.get(f"{TEMPLATES}/{path}", headers=other)).status_code == 404
        for action in ("render", "test"):
            hidden = await client.post(f"{TEMPLATES}/review@1/{action}", json={}, headers=other)
            assert hidden.status_code == 404
        generated = await client.post("/api/v1/generate", json={"template": "review@1"}, headers=other)
        assert generated.status_code == 404
        made = await client.post(TEMPLATES, json=REVIEW | {"description": "Theirs."}, headers=other)
        assert made.json()["version"] == 1
    assert (await client.get(f"{TEMPLATES}/review")).json()["description"] == REVIEW["description"]
