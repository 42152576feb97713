import dataclasses
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import AsyncTestClient

from tests.factories.datasets import KEY, rows_of, written
from tests.factories.memory_platform import memory_gateway, memory_platform
from tests.unit.api.routes.review_calls import NamedPeople, as_reviewer
from textnlp.adapters.database.memory_dataset_catalog import MemoryDatasetCatalog
from textnlp.adapters.database.memory_dataset_store import MemoryDatasetStore
from textnlp.adapters.dataset_files.local_folder import LocalDatasetFiles
from textnlp.adapters.reports.quality_page import render_report
from textnlp.api.app import create_app
from textnlp.application.batch_intake import BatchIntake
from textnlp.bootstrap.dataset_hold import DatasetHold
from textnlp.domain.datasets.stored_run import RunState, RunVersion, StoredRun
from textnlp.domain.identifiers import new_run_id

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
async def client(tmp_path: Path) -> AsyncGenerator[AsyncTestClient[Any]]:
    """A client of tenant `acme`, which has a dataset of two versions at its base URL."""
    store = MemoryDatasetStore()
    run = StoredRun(
        id=new_run_id(NOON),
        name="kettles",
        tenant="acme",
        caller="owner",
        model="m",
        endpoint="e",
        rows=8,
        recipe_path="p",
        created_at=NOON,
        state=RunState.COMPLETED,
        versions=tuple(RunVersion(number=number, rows=8 * number, written_at=NOON) for number in (1, 2)),
    )
    await store.create(run)
    for number in (1, 2):
        await written(tmp_path / run.id / f"v{number}", rows_of(14 * number), version=number)
    hold = DatasetHold(
        store=store,
        catalog=MemoryDatasetCatalog(),
        files=LocalDatasetFiles(KEY, page_of=render_report),
        root=tmp_path,
        price_of=lambda _: None,
    )
    platform = dataclasses.replace(memory_platform(gateway=memory_gateway(NamedPeople())), datasets=hold)
    app = create_app(
        platform, intake=BatchIntake(platform.batch_ports, open_source=platform.open_prompts, slice_rows=9)
    )
    async with AsyncTestClient(app, base_url=f"http://api.example.org/api/v1/datasets/{run.id}") as client:
        client.headers.update(as_reviewer("owner"))
        yield client


async def call(client: AsyncTestClient[Any], method: str, path: str, *, who: str = "owner", **options: Any) -> Any:
    tenant = options.pop("tenant", "acme")
    url = f"{client.base_url}".rstrip("/") + path
    return await client.request(method, url, headers=as_reviewer(who, tenant=tenant), **options)


async def test_nothing_is_said_at_first_and_the_latest_version_is_current(client: AsyncTestClient[Any]) -> None:
    found = (await call(client, "GET", "/facts")).json()
    assert (found["current"], found["tags"], found["license"], found["revision"]) == (2, {}, None, 0)
    listed = (await call(client, "GET", "/versions")).json()["versions"]
    assert [(each["number"], each["is_current"], each["deleted"]) for each in listed] == [
        (1, False, None),
        (2, True, None),
    ]


async def test_tags_move_on_purpose_and_versions_are_read_by_them(client: AsyncTestClient[Any]) -> None:
    set_tag = await call(client, "PUT", "/tags/gold", json={"version": 1, "why": "Read."})
    assert (set_tag.status_code, set_tag.json()["tags"]) == (200, {"gold": 1})
    refused = await call(client, "PUT", "/tags/gold", json={"version": 2})
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    moved = await call(client, "PUT", "/tags/gold", json={"version": 2, "move": True})
    assert moved.json()["tags"] == {"gold": 2}
    assert (await call(client, "GET", "/versions/gold")).json()["version"] == 2
    assert (await call(client, "GET", "/versions/silver")).status_code == 404
    assert (await call(client, "PUT", "/tags/Gold", json={"version": 2})).status_code == 422
    assert (await call(client, "DELETE", "/tags/gold", params={"why": "Done."})).json()["tags"] == {}
    assert (await call(client, "DELETE", "/tags/gold")).status_code == 404


async def test_facts_change_and_are_cleared_and_a_wrong_one_is_named(client: AsyncTestClient[Any]) -> None:
    given = {"license": "cc0-1.0", "description": "Kettles.", "keep_until": "2027-01-01T00:00:00+01:00", "hold": "x"}
    changed = (await call(client, "PATCH", "/facts", json=given)).json()
    assert (changed["license"], changed["keep_until"]) == ("CC0-1.0", "2026-12-31T23:00:00Z")
    changed = (await call(client, "PATCH", "/facts", json={"keep_days": 30, "clear": ["hold"]})).json()
    assert (changed["keep_until"], changed["keep_days"], changed["hold"]) == (None, 30, None)
    for body, field in (
        ({"license": "free"}, "license"),
        ({"keep_until": "2027-01-01T00:00:00"}, "keep_until"),
        ({"clear": ["tags"]}, "clear"),
        ({"owner": "me"}, "owner"),
    ):
        refused = await call(client, "PATCH", "/facts", json=body)
        assert (refused.status_code, refused.json()["field"].startswith(field)) == (422, True), refused.text


async def test_rolling_back_needs_a_reason_and_is_told_with_who(client: AsyncTestClient[Any]) -> None:
    assert (await call(client, "POST", "/rollback", json={})).status_code == 422
    back = await call(client, "POST", "/rollback", json={"why": "Duplicates."}, who="bea")
    assert back.json()["current"] == 1
    assert (await call(client, "POST", "/rollback", json={"why": "More."})).status_code == 409
    events = (await call(client, "GET", "/history")).json()["events"]
    assert [(each["kind"], each["by"], each["why"], each["previous"]) for each in events] == [
        ("rolled_back", "bea", "Duplicates.", 2)
    ]
    page = (await call(client, "GET", "/history", params={"limit": 1})).json()
    assert page["next_after"] == 1


async def test_a_deleted_version_is_gone_for_every_reader(client: AsyncTestClient[Any]) -> None:
    assert (await call(client, "DELETE", "/versions/1")).status_code == 422
    await call(client, "PUT", "/tags/gold", json={"version": 1})
    refused = await call(client, "DELETE", "/versions/1", params={"why": "Old."})
    assert (refused.status_code, "the tag gold" in refused.json()["detail"]) == (409, True)
    stone = await call(client, "DELETE", "/versions/1", params={"why": "Old.", "force": "true"})
    assert (stone.status_code, stone.json()["by"], stone.json()["rows"]) == (200, "owner", 8)
    for path in ("/versions/1", "/versions/1/rows", "/versions/1/lineage", "/rows?version=1", "/versions/1/files/a"):
        gone = await call(client, "GET", path)
        assert (gone.status_code, gone.json()["code"]) == (410, "gone"), path
        assert "deleted by owner" in gone.json()["detail"]
    assert (await call(client, "DELETE", "/versions/1", params={"why": "Old."})).status_code == 410
    assert (await call(client, "DELETE", "/versions/9", params={"why": "Old."})).status_code == 404
    listed = (await call(client, "GET", "/versions")).json()["versions"]
    assert [each["deleted"] and each["deleted"]["why"] for each in listed] == ["Old.", None]


async def test_rows_are_found_a_page_at_a_time(client: AsyncTestClient[Any]) -> None:
    query = {"where": "stars >= 3", "search": "question", "column": ["id", "stars"], "limit": 4}
    page = (await call(client, "GET", "/rows", params=query)).json()
    assert (page["version"], [sorted(each["row"]) for each in page["rows"]]) == (2, [["id", "stars"]] * 4)
    rest = (await call(client, "GET", "/rows", params={**query, "after": page["next_after"], "limit": 500})).json()
    found = [each["row"]["stars"] for each in page["rows"] + rest["rows"]]
    whole = (await call(client, "GET", "/versions/2/rows", params={"limit": 500})).json()["rows"]
    assert found == [row["stars"] for row in whole if row["stars"] >= 3]
    assert rest["next_after"] is None
    for wrong, field in (
        ({"where": "score > 1"}, "where"),
        ({"column": "nope"}, "columns"),
        ({"limit": 501}, "limit"),
        ({"after": -1}, "after"),
        ({"order": "id"}, "order"),
    ):
        refused = await call(client, "GET", "/rows", params=wrong)
        assert (refused.status_code, refused.json()["field"]) == (422, field)


async def test_where_a_version_is_from_is_shown(client: AsyncTestClient[Any]) -> None:
    found = (await call(client, "GET", "/versions/current/lineage")).json()
    assert (found["version"], found["parent"], found["seed"], found["fingerprint"]) == (2, 1, 7, "1:abc")
    assert found["models"] == [{"model": "scripted", "calls": 9, "license": None}]


_CALLS: list[tuple[str, str, dict[str, Any]]] = [
    ("GET", "/facts", {}),
    ("PATCH", "/facts", {"json": {"license": "MIT"}}),
    ("GET", "/versions", {}),
    ("GET", "/versions/1", {}),
    ("GET", "/versions/1/lineage", {}),
    ("GET", "/rows", {}),
    ("GET", "/history", {}),
    ("PUT", "/tags/gold", {"json": {"version": 1}}),
    ("DELETE", "/tags/gold", {}),
    ("POST", "/rollback", {"json": {"why": "Mine."}}),
    ("DELETE", "/versions/1", {"params": {"why": "Mine.", "force": "true"}}),
]


@pytest.mark.parametrize(("method", "path", "options"), _CALLS)
async def test_another_tenants_dataset_is_not_there(
    client: AsyncTestClient[Any], method: str, path: str, options: dict[str, Any]
) -> None:
    found = await call(client, method, path, tenant="globex", **options)
    assert (found.status_code, found.json()["code"]) == (404, "not_found")
    assert (await call(client, "GET", "/facts")).json()["revision"] == 0
    assert (await call(client, "GET", "/versions/1")).status_code == 200


@pytest.mark.parametrize(("method", "path", "options"), [each for each in _CALLS if each[0] != "GET"])
async def test_who_may_only_read_changes_nothing(
    client: AsyncTestClient[Any], method: str, path: str, options: dict[str, Any]
) -> None:
    assert (await call(client, method, path, who="reader", **options)).status_code == 403


async def test_an_administrator_changes_every_tenants(client: AsyncTestClient[Any]) -> None:
    changed = await call(client, "PUT", "/tags/gold", who="admin", tenant="elsewhere", json={"version": 1})
    assert changed.status_code == 200
    assert (await call(client, "GET", "/facts")).json()["tags"] == {"gold": 1}
