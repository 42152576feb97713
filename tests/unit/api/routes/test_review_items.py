from typing import Any

import pytest
from litestar.testing import AsyncTestClient

from tests.factories.memory_platform import memory_platform
from tests.unit.api.routes.review_calls import REVIEWS, answered, as_reviewer, created, lent
from tests.unit.api.routes.review_calls import client as client  # noqa: PLC0414  a fixture
from textnlp.api.app import create_app
from textnlp.application.batch_intake import BatchIntake

PAIR = {"pair": {"kind": "pairwise", "first": "prompt", "second": "reply"}}


async def test_reviewers_get_items_of_their_own_and_answer_them(client: AsyncTestClient[Any]) -> None:
    review = f"{REVIEWS}/{(await created(client))['id']}"
    first, second = await lent(client, review, "ada"), await lent(client, review, "ben")
    assert first is not None
    assert second is not None
    assert [first["position"], second["position"]] == [0, 1]
    assert first["row"] == {"prompt": "Praise a kettle.", "reply": "It boils fast.", "score": 3}
    await answered(client, review, 0, "ada", quality=4)
    third = await lent(client, review, "ada")
    assert third is not None
    assert third["position"] == 2
    await answered(client, review, 2, "ada", quality=1)
    assert await lent(client, review, "ada") is None
    shown = (await client.get(review)).json()
    assert shown["progress"] == {"states": {"agreed": 2, "open": 1}, "answers": 2}


async def test_a_skipped_item_goes_to_others_and_comments_reach_the_owner(client: AsyncTestClient[Any]) -> None:
    review = f"{REVIEWS}/{(await created(client))['id']}"
    skip = await client.post(f"{review}/items/0/skip", json={"reason": "No idea."}, headers=as_reviewer("ada"))
    assert skip.json() == {"position": 0, "reviewer": "ada", "noted": "skip"}
    comment = await client.post(f"{review}/items/0/comments", json={"text": "See?"}, headers=as_reviewer("ada"))
    assert comment.status_code == 201, comment.text
    given = [await lent(client, review, who) for who in ("ada", "ben")]
    assert [each and each["position"] for each in given] == [1, 0]
    item = (await client.get(f"{review}/items")).json()["items"][0]
    assert [each["reason"] for each in item["skips"]] == ["No idea."]
    assert [each["text"] for each in item["comments"]] == ["See?"]


async def test_a_blind_reviewer_sees_no_answers_and_an_open_one_does(client: AsyncTestClient[Any]) -> None:
    for is_blind in (True, False):
        review = f"{REVIEWS}/{(await created(client, blind=is_blind, overlap=2))['id']}"
        await answered(client, review, 0, "ada", quality=4)
        item = await lent(client, review, "ben")
        assert item is not None
        assert ("model" in item["row"]) is not is_blind
        assert [each["reviewer"] for each in item["answers"]] == ([] if is_blind else ["ada"])
        others = await client.get(f"{review}/items", headers=as_reviewer("ben"))
        assert (others.status_code, others.json()["code"]) == (403, "forbidden")


async def test_sides_are_answered_as_they_are_seen_and_kept_as_columns(client: AsyncTestClient[Any]) -> None:
    review = f"{REVIEWS}/{(await created(client, PAIR, overlap=4))['id']}"
    for who in ("ada", "ben", "cyd", "dee"):
        item = await lent(client, review, who)
        assert item is not None
        side = "left" if item["pairs"]["pair"]["left"] == "It boils fast." else "right"
        assert item["position"] == 0
        await answered(client, review, 0, who, pair=side)
    item = (await client.get(f"{review}/items")).json()["items"][0]
    assert (item["state"], item["final"]) == ("agreed", {"pair": "second"})


async def test_the_owner_decides_where_reviewers_disagree(client: AsyncTestClient[Any]) -> None:
    review = f"{REVIEWS}/{(await created(client, overlap=2))['id']}"
    for who, mark in (("ada", 4), ("ben", 1)):
        await answered(client, review, 1, who, quality=mark)
    disputed = (await client.get(f"{review}/items", params={"state": "disputed"})).json()["items"]
    assert [(each["position"], each["disputed"]) for each in disputed] == [(1, ["quality"])]
    decision = {"values": {"quality": 2}, "reason": "Short."}
    refused = await client.post(f"{review}/items/1/decide", json=decision, headers=as_reviewer("ada"))
    assert refused.status_code == 403
    early = await client.post(f"{review}/items/0/decide", json=decision)
    assert early.status_code == 409
    decided = (await client.post(f"{review}/items/1/decide", json=decision)).json()
    assert (decided["state"], decided["final"], decided["decision"]["by"]) == ("decided", {"quality": 2}, "owner")
    late = await client.post(f"{review}/items/1/answer", json={"values": {"quality": 2}}, headers=as_reviewer("ada"))
    assert (late.status_code, late.json()["code"]) == (409, "conflict")


async def test_items_are_listed_page_by_page(client: AsyncTestClient[Any]) -> None:
    review = f"{REVIEWS}/{(await created(client))['id']}"
    first = (await client.get(f"{review}/items", params={"limit": "2"})).json()
    rest = (await client.get(f"{review}/items", params={"limit": "2", "after": str(first["next_after"])})).json()
    assert [item["position"] for item in first["items"] + rest["items"]] == [0, 1, 2]
    assert rest["next_after"] is None


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"values": {"quality": 9}}, 422, "values.quality"),
        ({"values": {}}, 422, "values.quality"),
        ({"values": {"quality": 1, "other": 2}}, 422, "values.other"),
        ({"values": {"quality": 1}, "comment": "x" * 5_001}, 422, "comment"),
        ({"values": {"quality": 1}, "reviewer": "a/b"}, 422, "reviewer"),
        ({}, 422, "values"),
    ],
)
async def test_what_is_wrong_with_an_answer_is_named(
    client: AsyncTestClient[Any], body: dict[str, Any], status: int, field: str
) -> None:
    review = f"{REVIEWS}/{(await created(client))['id']}"
    refused = await client.post(f"{review}/items/0/answer", json=body)
    assert (refused.status_code, refused.json()["field"]) == (status, field), refused.text


@pytest.mark.parametrize("position", ["3", "-1", "one", "1" * 30, "%C2%B2"])
async def test_an_item_that_is_not_there_is_not_found(client: AsyncTestClient[Any], position: str) -> None:
    review = f"{REVIEWS}/{(await created(client))['id']}"
    refused = await client.post(f"{review}/items/{position}/answer", json={"values": {"quality": 1}})
    assert (refused.status_code, refused.json()["code"]) == (404, "not_found")


async def test_a_caller_speaks_for_its_own_people_only(client: AsyncTestClient[Any]) -> None:
    review = f"{REVIEWS}/{(await created(client))['id']}"
    path = f"{review}/items/0/answer"
    answer = {"values": {"quality": 1}, "reviewer": "ada"}
    noted = await client.post(path, json=answer, headers=as_reviewer("app"))
    assert noted.json()["reviewer"] == "app/ada"


async def test_without_credentials_people_are_told_by_the_name_they_give() -> None:
    platform = memory_platform()
    intake = BatchIntake(platform.batch_ports, open_source=platform.open_prompts, slice_rows=10)
    async with AsyncTestClient(create_app(platform, intake=intake), base_url="http://127.0.0.1") as client:
        review = f"{REVIEWS}/{(await created(client))['id']}"
        for name, position in (("ada", 0), ("ben", 1), ("ada", 0)):
            found = await client.post(f"{review}/next", json={"reviewer": name})
            assert found.json()["item"]["position"] == position


async def test_who_may_only_read_answers_nothing(client: AsyncTestClient[Any]) -> None:
    review = f"{REVIEWS}/{(await created(client))['id']}"
    reader = as_reviewer("reader")
    assert (await client.get(review, headers=reader)).status_code == 200
    for path in ("next", "items/0/answer", "items/0/skip", "items/0/comments", "items/0/decide", "export"):
        assert (await client.post(f"{review}/{path}", json={}, headers=reader)).status_code == 403
