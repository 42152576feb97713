import json
from typing import Any

import pytest
from litestar.testing import AsyncTestClient

from tests.unit.api.routes.review_calls import REVIEWS, answered, as_reviewer, created
from tests.unit.api.routes.review_calls import client as client  # noqa: PLC0414  a fixture

QUESTIONS = {"quality": {"kind": "rating"}, "better": {"kind": "edit", "column": "reply"}}


@pytest.fixture
async def review(client: AsyncTestClient[Any]) -> str:
    """The path of a review that two people have answered."""
    path = f"{REVIEWS}/{(await created(client, QUESTIONS, overlap=2))['id']}"
    for position, marks in enumerate([(5, 5), (2, 2), (1, 4)]):
        for who, mark in zip(("ada", "ben"), marks, strict=True):
            await answered(client, path, position, who, quality=mark, better="Better.")
    return path


async def test_agreement_is_measured_by_question_and_by_reviewer(client: AsyncTestClient[Any], review: str) -> None:
    found = (await client.get(f"{review}/agreement")).json()
    assert found["progress"] == {"states": {"agreed": 2, "disputed": 1}, "answers": 6}
    quality, better = found["questions"]["quality"], found["questions"]["better"]
    assert (quality["level"], quality["units"], quality["percent"]["value"]) == ("ordinal", 3, pytest.approx(2 / 3))
    assert quality["pairs"][0]["first"] == "ada"
    assert (better["percent"]["value"], better["alpha"]["value"]) == (1.0, None)
    assert [(each["reviewer"], each["answers"]) for each in found["reviewers"]] == [("ada", 3), ("ben", 3)]


async def test_a_judge_is_compared_with_people(client: AsyncTestClient[Any], review: str) -> None:
    found = (await client.get(f"{review}/calibration", params={"judge": "score", "question": "quality"})).json()
    (judge,) = found["judges"]
    assert (judge["rows"], judge["threshold"], judge["f1"], judge["good"]) == (2, 3.0, 1.0, "4 or more")
    assert "2 rows" in judge["notes"][0]
    refused = await client.get(f"{review}/calibration", params={"judge": "none", "question": "quality"})
    assert (refused.status_code, refused.json()["field"]) == (422, "judge")


async def test_a_review_is_exported_in_every_form(client: AsyncTestClient[Any], review: str) -> None:
    lines = (await client.get(f"{review}/export")).text.splitlines()
    assert [json.loads(line)["final"].get("quality") for line in lines] == [5, 2, None]
    records = (await client.get(f"{review}/export", params={"format": "argilla"})).json()
    assert [len(each["responses"]["quality"]) for each in records] == [2, 2, 2]
    tasks = (await client.get(f"{review}/export", params={"format": "label-studio"})).json()
    assert [len(each["annotations"]) for each in tasks] == [2, 2, 2]
    examples = [
        json.loads(line)
        for line in (await client.get(f"{review}/export", params={"format": "examples"})).text.splitlines()
    ]
    assert [each["reply"] for each in examples] == ["Better."] * 3


async def test_examples_of_a_review_without_edits_are_refused_by_the_format(client: AsyncTestClient[Any]) -> None:
    path = f"{REVIEWS}/{(await created(client))['id']}"
    refused = await client.get(f"{path}/export", params={"format": "examples"})
    assert (refused.status_code, refused.json()["field"]) == (422, "format")


async def test_an_export_is_kept_among_human_evaluations(client: AsyncTestClient[Any], review: str) -> None:
    kept = (await client.post(f"{review}/export", json={"format": "jsonl"})).json()
    assert kept["path"] == f"validation/human-eval/{review.rpartition('/')[2]}/review.jsonl"
    assert kept["size_bytes"] == len((await client.get(f"{review}/export")).content)


async def test_only_the_owner_and_administrators_see_what_came_of_it(client: AsyncTestClient[Any], review: str) -> None:
    query = {"judge": "score", "question": "quality"}
    for path, parameters in (("agreement", {}), ("calibration", query), ("export", {})):
        refused = await client.get(f"{review}/{path}", params=parameters, headers=as_reviewer("ada"))
        assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
        seen = await client.get(f"{review}/{path}", params=parameters, headers=as_reviewer("admin"))
        assert seen.status_code == 200
    assert (await client.post(f"{review}/export", json={}, headers=as_reviewer("ada"))).status_code == 403
