from typing import Any

import pytest
from litestar.testing import AsyncTestClient

from tests.unit.api.routes.review_calls import REVIEWS, ROWS, as_reviewer, created, document
from tests.unit.api.routes.review_calls import client as client  # noqa: PLC0414  a fixture
from tests.unit.domain.review.reviews import NOON
from textnlp.domain.identifiers import new_review_id

UNKNOWN = f"{REVIEWS}/{new_review_id(NOON)}"


async def test_a_review_is_made_of_rows_and_shown_with_its_progress(client: AsyncTestClient[Any]) -> None:
    made = await created(client, overlap=2)
    assert (made["name"], made["overlap"], made["blind"], made["item_count"]) == ("replies", 2, True, 3)
    assert made["owner"] == "owner"
    assert made["questions"]["quality"]["high"] == 5
    shown = (await client.get(f"{REVIEWS}/{made['id']}")).json()
    assert made["progress"] is None
    assert shown == {**made, "progress": {"states": {"open": 3}, "answers": 0}}


async def test_sampling_decides_which_rows_are_reviewed(client: AsyncTestClient[Any]) -> None:
    made = await created(client, sampling={"kind": "lowest_score", "column": "score", "size": 2})
    items = (await client.get(f"{REVIEWS}/{made['id']}/items")).json()["items"]
    assert [item["id"] for item in items] == ["c", "2"]


async def test_reviews_are_listed_page_by_page_and_deleted_by_their_owner(client: AsyncTestClient[Any]) -> None:
    made = {(await created(client))["id"] for _ in range(3)}
    first = (await client.get(REVIEWS, params={"limit": "2"})).json()
    rest = (await client.get(REVIEWS, params={"limit": "2", "before": first["next_before"]})).json()
    assert {each["id"] for each in first["reviews"] + rest["reviews"]} == made
    assert rest["next_before"] is None
    one = f"{REVIEWS}/{made.pop()}"
    assert (await client.delete(one, headers=as_reviewer("ada"))).status_code == 403
    assert (await client.delete(one)).status_code == 204
    assert (await client.get(one)).status_code == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "review"),
        ({"review": document()}, "rows"),
        ({"review": document(), "rows": [], "batch_id": "batch_1"}, "rows"),
        ({"review": document(), "rows": []}, "rows"),
        ({"review": document(), "rows": ["text"]}, "rows[0]"),
        ({"review": {**document(), "overlaps": 2}, "rows": ROWS}, "review.overlaps"),
        ({"review": {**document(), "overlap": 0}, "rows": ROWS}, "review.overlap"),
        ({"review": {**document(), "questions": {"q": {"kind": "guess"}}}, "rows": ROWS}, "review.questions.q"),
        ({"review": document(better={"kind": "edit", "column": "answer"}), "rows": ROWS}, "questions.better"),
        ({"review": document(), "argilla": [{"responses": 5}]}, "responses"),
    ],
)
async def test_what_is_wrong_with_a_review_is_named(
    client: AsyncTestClient[Any], body: dict[str, Any], field: str
) -> None:
    refused = await client.post(REVIEWS, json=body)
    assert (refused.status_code, refused.json()["field"]) == (422, field), refused.text


async def test_what_other_tools_have_asked_goes_on_here(client: AsyncTestClient[Any]) -> None:
    record = {"id": "r", "fields": {"reply": "Fine."}, "responses": {"quality": [{"value": 5, "user_id": "u"}]}}
    task = {
        "data": {"reply": "Fine."},
        "annotations": [
            {"completed_by": 3, "result": [{"from_name": "quality", "value": {"rating": 4}}]},
        ],
    }
    for body, quality in (({"argilla": [record]}, 5), ({"label_studio": [task]}, 4)):
        made = await client.post(REVIEWS, json={"review": document(), **body})
        assert made.status_code == 201, made.text
        (item,) = (await client.get(f"{REVIEWS}/{made.json()['id']}/items")).json()["items"]
        assert (item["state"], item["final"]) == ("agreed", {"quality": quality})


async def test_a_batch_that_is_not_there_is_not_found(client: AsyncTestClient[Any]) -> None:
    refused = await client.post(REVIEWS, json={"review": document(), "batch_id": "batch_1"})
    assert (refused.status_code, refused.json()["code"]) == (404, "not_found")


async def test_another_tenant_sees_nothing_of_a_review(client: AsyncTestClient[Any]) -> None:
    review = f"{REVIEWS}/{(await created(client))['id']}"
    other = as_reviewer("owner", tenant="other")
    for path in (review, UNKNOWN):
        assert (await client.get(path, headers=other)).status_code == 404
        assert (await client.post(f"{path}/next", json={}, headers=other)).status_code == 404
        assert (await client.delete(path, headers=other)).status_code == 404
    assert (await client.get(REVIEWS, headers=other)).json()["reviews"] == []
    assert (await client.get(review, headers=as_reviewer("admin", tenant="other"))).status_code == 200
