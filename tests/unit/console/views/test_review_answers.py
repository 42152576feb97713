import re
from collections.abc import AsyncGenerator
from typing import Any

import pytest
from litestar.testing import AsyncTestClient

from tests.unit.api.routes.review_calls import REVIEWS, created
from tests.unit.console.served_console import fill_in, open_console

QUESTIONS = {
    "quality": {"kind": "rating"},
    "faults": {"kind": "multi_label", "labels": ["long", "dull"]},
    "better": {"kind": "pairwise", "first": "prompt", "second": "reply"},
}


@pytest.fixture
async def client() -> AsyncGenerator[AsyncTestClient[Any]]:
    """A client of the console that owns the reviews that it makes."""
    async with open_console() as client:
        yield client


async def opened(client: AsyncTestClient[Any], review: str, **query: str) -> str:
    found = await client.get(f"{review}/answer", params=query)
    assert found.status_code == 200, found.text
    return found.text


async def made(client: AsyncTestClient[Any], **review: Any) -> str:
    return f"/console/reviews/{(await created(client, QUESTIONS, **review))['id']}"


def position(text: str) -> int:
    found = re.search(r"/items/(\d+)/answer", text)
    assert found is not None, text
    return int(found[1])


def checked(text: str) -> list[str]:
    return re.findall(r'value="([^"]*)"[^>]* checked', text)


async def test_an_answer_is_noted_and_the_next_item_comes_in_its_place(client: AsyncTestClient[Any]) -> None:
    review = await made(client)
    assert position(await opened(client, review)) == 0
    fields = {"values.quality": "4", "values.faults": ["dull", "long"], "values.better": "left", "comment": "Good."}
    after = await fill_in(client, f"{review}/items/0/answer", fields, is_swapped=True)
    assert (after.status_code, position(after.text)) == (200, 1)
    assert '<input type="hidden" name="trail" value="0">' in after.text
    kept = (await client.get(f"{REVIEWS}/{review.rpartition('/')[2]}/items")).json()["items"][0]["answers"][0]
    assert (kept["values"]["quality"], kept["values"]["faults"], kept["comment"]) == (4, ["long", "dull"], "Good.")


async def test_an_answer_that_is_taken_back_is_shown_as_it_was_given(client: AsyncTestClient[Any]) -> None:
    review = await made(client)
    await opened(client, review)
    fields = {"values.quality": "4", "values.faults": ["dull"], "values.better": "right", "comment": "Hm."}
    await fill_in(client, f"{review}/items/0/answer", fields, is_swapped=True)
    await fill_in(client, f"{review}/items/1/skip", {"trail": "0"}, is_swapped=True)
    skipped = await fill_in(client, f"{review}/undo", {"trail": "1,0"}, is_swapped=True)
    assert (position(skipped.text), checked(skipped.text)) == (1, [])
    back = await fill_in(client, f"{review}/undo", {"trail": "0"}, is_swapped=True)
    assert (position(back.text), checked(back.text)) == (0, ["4", "dull", "right"])
    assert "Hm." in back.text
    assert '<input type="hidden" name="trail" value="">' in back.text


async def test_without_scripts_the_browser_is_sent_on_and_knows_what_can_be_taken_back(
    client: AsyncTestClient[Any],
) -> None:
    review = await made(client)
    await opened(client, review, reviewer="ada")
    sent = await fill_in(client, f"{review}/items/0/skip?reviewer=ada", {"trail": "2"})
    assert (sent.status_code, sent.headers["location"]) == (303, f"{review}/answer?reviewer=ada&trail=0%2C2")
    back = await fill_in(client, f"{review}/undo?reviewer=ada", {"trail": "0,2"})
    assert back.headers["location"] == f"{review}/answer?reviewer=ada&trail=2&position=0"
    assert position((await client.get(back.headers["location"])).text) == 0


async def test_reviewers_get_different_rows_and_keep_theirs(client: AsyncTestClient[Any]) -> None:
    review = await made(client)
    assert position(await opened(client, review, reviewer="ada")) == 0
    assert position(await opened(client, review, reviewer="bob")) == 1
    kept = await fill_in(client, f"{review}/items/0/keep?reviewer=ada", {}, is_swapped=True)
    assert kept.status_code == 204
    foreign = await fill_in(client, f"{review}/items/0/keep?reviewer=bob", {}, is_swapped=True)
    assert foreign.status_code == 409


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("items/0/answer", {"values.quality": "9"}),
        ("items/0/answer", {"values.quality": "much"}),
        ("items/0/answer", {"trail": "1;2"}),
        ("undo", {"trail": ""}),
        ("undo", {"trail": "x"}),
    ],
)
async def test_what_does_not_fit_is_told_beside_the_row_which_stays(
    client: AsyncTestClient[Any], path: str, fields: dict[str, str]
) -> None:
    review = await made(client)
    await opened(client, review)
    refused = await fill_in(client, f"{review}/{path}", fields, is_swapped=True)
    assert (refused.status_code, refused.headers["hx-retarget"]) == (422, "#notices")
