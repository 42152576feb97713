"""Datasets over HTTP: made, followed, paused, extended, downloaded; and other people's left alone."""

import asyncio
import json
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.acceptance.served_platform import ServedPlatform, serve_platform
from textnlp.bootstrap.dataset_wiring import verify_version

pytestmark = [pytest.mark.postgres]

RECIPE: dict[str, Any] = {
    "name": "slogans",
    "columns": {
        "product": {"kind": "category", "values": ["kettle", "lamp", "chair"]},
        "number": {"kind": "uniform", "low": 0, "high": 1_000_000, "decimals": 0},
        "slogan": {"kind": "text", "prompt": "Write a slogan for {{ product }} number {{ number }}."},
    },
    "checks": [{"kind": "condition", "where": "number >= 300000", "name": "large"}],
    "accept": {"rows": 12},
}


@pytest.fixture
async def place(database_url: str, tmp_path: Path) -> AsyncGenerator[tuple[ServedPlatform, Path]]:
    async with serve_platform(database_url, tmp_path / "data") as (_, served):
        yield served, tmp_path / "data"


class Caller:
    """Calls the platform with its key."""

    def __init__(self, served: ServedPlatform, session: aiohttp.ClientSession) -> None:
        self._url = f"{served.url}/api/v1"
        self._session = session
        self._headers = {"Authorization": f"Bearer {served.api_key}"}

    async def call(self, method: str, path: str, **options: Any) -> tuple[int, Any]:
        """Return status and JSON of an answer."""
        async with self._session.request(method, self._url + path, headers=self._headers, **options) as response:
            body = await response.read()
            return response.status, json.loads(body) if "json" in response.content_type else body

    async def ended(self, dataset_id: str, *, states: frozenset[str] = frozenset({"completed"})) -> dict[str, Any]:
        """Wait until a dataset is in one of the states, and return it."""
        async with asyncio.timeout(60):
            while True:
                _, found = await self.call("GET", f"/datasets/{dataset_id}")
                if found["state"] in states:
                    return found
                assert found["state"] in {"running", "paused"}, found
                await asyncio.sleep(0.1)


@pytest.fixture
async def caller(place: tuple[ServedPlatform, Path]) -> AsyncGenerator[Caller]:
    async with aiohttp.ClientSession() as session:
        yield Caller(place[0], session)


async def test_a_recipe_becomes_exactly_so_many_rows_that_can_be_downloaded_and_verified(
    caller: Caller, tmp_path: Path
) -> None:
    status, made = await caller.call("POST", "/datasets", json={"recipe": RECIPE})
    assert (status, made["state"], made["rows"]) == (202, "running", 12)

    ended = await caller.ended(made["id"])
    progress = ended["progress"]
    assert progress["accepted"] == 12
    assert progress["rejected"] > 0
    assert progress["reasons"][0]["code"] == "large"
    assert float(progress["cost"]) == 0
    assert ended["versions"][0]["rows"] == 12

    version = f"/datasets/{made['id']}/versions/1"
    _, held = await caller.call("GET", version)
    folder = tmp_path / "v1"
    for path in ["manifest.json", "manifest.sig", *(file["path"] for file in held["files"])]:
        status, data = await caller.call("GET", f"{version}/files/{path}")
        assert status == 200
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    assert verify_version(folder) == []
    rows = [json.loads(line) for line in (folder / "data" / "train.jsonl").read_text().splitlines()]
    assert len(rows) == 12
    assert all(row["number"] >= 300_000 for row in rows)

    _, page = await caller.call("GET", f"{version}/rows?limit=7")
    _, rest = await caller.call("GET", f"{version}/rows?limit=7&cursor={page['next_cursor']}")
    assert page["rows"] + rest["rows"] == rows
    assert rest["next_cursor"] is None


async def test_a_finished_dataset_is_extended_from_what_is_there(caller: Caller) -> None:
    _, made = await caller.call("POST", "/datasets", json={"recipe": json.dumps(RECIPE), "rows": 5})
    await caller.ended(made["id"])
    _, first = await caller.call("GET", f"/datasets/{made['id']}/versions/1/rows")

    status, extended = await caller.call("POST", f"/datasets/{made['id']}/extend", json={"rows": 4})
    assert (status, extended["rows"]) == (202, 9)
    ended = await caller.ended(made["id"])
    _, second = await caller.call("GET", f"/datasets/{made['id']}/versions/2/rows")

    assert [version["rows"] for version in ended["versions"]] == [5, 9]
    assert second["rows"][:5] == first["rows"]
    status, refused = await caller.call("POST", f"/datasets/{made['id']}/pause")
    assert (status, refused["code"]) == (409, "conflict")


async def test_a_limit_stops_a_dataset_and_says_why(caller: Caller) -> None:
    recipe = {**RECIPE, "checks": [{"kind": "condition", "where": "number < 0"}]}
    recipe["accept"] = {"rows": 5, "max_candidates": 20}
    _, made = await caller.call("POST", "/datasets", json={"recipe": recipe})

    ended = await caller.ended(made["id"], states=frozenset({"stopped"}))

    assert "max_candidates" in ended["reason"]
    assert ended["progress"]["candidates"] == 20
    assert ended["versions"][0]["rows"] == 0


async def test_what_is_wrong_with_a_recipe_is_told_before_anything_is_made(caller: Caller) -> None:
    typo = "name: x\ncolumns:\n  a: {kind: text, promt: Hi.}\n"
    status, refused = await caller.call("POST", "/datasets", json={"recipe": typo})
    assert status == 422
    assert "columns.a.promt" in json.dumps(refused)
    assert "did you mean 'prompt'" in json.dumps(refused)

    for seeds in (
        {"kind": "rows", "path": "/etc/passwd"},
        {"kind": "rows", "path": "blob:generations/batch/other/generations.jsonl"},
        {"kind": "documents", "path": "../x.md"},
    ):
        status, refused = await caller.call("POST", "/datasets", json={"recipe": {**RECIPE, "seeds": seeds}})
        assert status == 422, refused
        assert "seeds.path" in json.dumps(refused)
    columns = {"word": {"kind": "pick", "file": "/usr/share/dict/words"}}
    status, refused = await caller.call("POST", "/datasets", json={"recipe": {"name": "x", "columns": columns}})
    assert status == 422
    assert "columns.word.file" in json.dumps(refused)
    _, listed = await caller.call("GET", "/datasets")
    assert listed["datasets"] == []


async def test_a_dataset_is_cancelled_and_left_alone(caller: Caller) -> None:
    recipe = {**RECIPE, "accept": {"rows": 5_000}}
    _, made = await caller.call("POST", "/datasets", json={"recipe": recipe})

    status, cancelled = await caller.call("POST", f"/datasets/{made['id']}/cancel")
    assert (status, cancelled["state"]) == (200, "cancelled")
    _, again = await caller.call("POST", f"/datasets/{made['id']}/cancel")
    assert again["state"] == "cancelled"
    status, _ = await caller.call("POST", f"/datasets/{made['id']}/resume")
    assert status == 409
    status, _ = await caller.call("GET", f"/datasets/{made['id']}/versions/1")
    assert status == 404


async def test_a_dataset_is_paused_and_goes_on_where_it_was(caller: Caller) -> None:
    recipe = {**RECIPE, "accept": {"rows": 1_500}}
    _, made = await caller.call("POST", "/datasets", json={"recipe": recipe})
    dataset = f"/datasets/{made['id']}"
    async with asyncio.timeout(30):
        while True:
            _, found = await caller.call("GET", dataset)
            if found["progress"]["candidates"] > 0:
                break
            await asyncio.sleep(0.02)

    _, paused = await caller.call("POST", f"{dataset}/pause")
    assert paused["state"] == "paused"
    await asyncio.sleep(1.5)
    _, resting = await caller.call("GET", dataset)
    await asyncio.sleep(1)
    _, still = await caller.call("GET", dataset)
    assert still["progress"] == resting["progress"]
    assert still["progress"]["accepted"] < 1_500

    await caller.call("POST", f"{dataset}/resume")
    ended = await caller.ended(made["id"])
    assert ended["progress"]["accepted"] == 1_500
    assert ended["versions"][0]["rows"] == 1_500


async def test_progress_is_followed_to_the_end(caller: Caller) -> None:
    _, made = await caller.call("POST", "/datasets", json={"recipe": RECIPE})
    _, events = await caller.call("GET", f"/datasets/{made['id']}/events")

    told = [part.splitlines() for part in events.decode().split("\n\n") if part.startswith("id:")]
    names = [lines[1].removeprefix("event: ") for lines in told]
    assert names[0] == "progress"
    assert names[-1] == "end"
    last = json.loads(told[-1][-1].removeprefix("data: "))
    assert (last["state"], last["progress"]["accepted"]) == ("completed", 12)


async def test_rows_that_begin_with_topics_tell_how_they_cover_them(caller: Caller) -> None:
    recipe = {
        "name": "tips",
        "seeds": {"kind": "topics", "root": "Cooking", "depth": 1, "degree": 3},
        "columns": {"tip": {"kind": "text", "prompt": "A tip about {{ topic }}."}},
        "accept": {"rows": 6},
    }
    _, made = await caller.call("POST", "/datasets", json={"recipe": recipe})
    await caller.ended(made["id"])

    _, manifest = await caller.call("GET", f"/datasets/{made['id']}/versions/1/files/manifest.json")
    covered = json.loads(manifest)["extra"]["topics"]
    assert (covered["rows"], covered["unknown"]) == (6, 0)
    assert 1 <= covered["covered"] <= covered["leaves"] <= 3


async def test_recipes_are_listed_shown_checked_and_estimated(caller: Caller) -> None:
    _, listed = await caller.call("GET", "/recipes")
    assert {"customer-reviews", "qa-from-documents"} <= {recipe["name"] for recipe in listed["recipes"]}
    _, shown = await caller.call("GET", "/recipes/customer-reviews")
    assert "columns:" in shown["text"]
    _, schema = await caller.call("GET", "/recipes/schema")
    assert "columns" in schema["schema"]["properties"]

    _, good = await caller.call("POST", "/recipes/check", json={"recipe": shown["text"]})
    assert good["is_valid"]
    assert good["order"]
    _, bad = await caller.call("POST", "/recipes/check", json={"recipe": "name: x\ncolumns: {a: {kind: txt}}\n"})
    assert not bad["is_valid"]
    assert (bad["fault"]["field"], bad["fault"]["line"]) == ("columns.a.kind", 2)

    _, estimate = await caller.call("POST", "/recipes/estimate", json={"recipe": shown["text"]})
    assert estimate["rows"] == 100
    assert 0 < estimate["completion_tokens"]["low"] <= estimate["completion_tokens"]["expected"]
    topics = {
        "name": "x",
        "seeds": {"kind": "topics", "root": "Cooking"},
        "columns": {"a": RECIPE["columns"]["product"]},
    }
    status, grown = await caller.call("POST", "/recipes/estimate", json={"recipe": topics})
    assert status == 200, grown
