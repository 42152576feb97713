import asyncio
import contextlib
import dataclasses
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.unit.domain.review.reviews import NOON, ROW, an_answer, an_item, later, review_document
from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.adapters.database.review_store import PostgresReviewStore
from textnlp.adapters.reviews.folder import FolderReviewStore
from textnlp.adapters.reviews.memory import MemoryReviewStore
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identifiers import ReviewId, new_review_id
from textnlp.domain.review.model import Decision, ItemState, Review, ReviewItem, Skip
from textnlp.domain.review.rules import answer_item, decide_item, skip_item
from textnlp.ports.review_store import ReviewStore

UNKNOWN = new_review_id(NOON)


@pytest.fixture(params=["memory", "folder", pytest.param("postgres", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ReviewStore:
    if request.param == "memory":
        return MemoryReviewStore()
    if request.param == "folder":
        return FolderReviewStore(tmp_path / "reviews")
    return PostgresReviewStore(request.getfixturevalue("database"))


def a_review(*, overlap: int = 1, tenant: str = "acme", items: int = 3, seconds: float = 0) -> Review:
    return Review(
        id=new_review_id(later(seconds)),
        tenant=tenant,
        owner="owner'; drop",
        document=review_document("quality", overlap=overlap, guidelines="Naïve \0 😀"),
        created_at=later(seconds),
        item_count=items,
        source="rows.jsonl",
    )


def some_items(count: int = 3) -> list[ReviewItem]:
    return [an_item(position=position, row={**ROW, "n": position, "odd": "\0😀"}) for position in range(count)]


async def created(store: ReviewStore, **more: Any) -> ReviewId:
    review = a_review(**more)
    await store.create(review, some_items(review.item_count))
    return review.id


async def lent(store: ReviewStore, review_id: ReviewId, who: str, *, seconds: float = 0) -> int | None:
    now = later(seconds)
    item = await store.lend_next(review_id, who, now=now, until=now + timedelta(seconds=60))
    return None if item is None else item.position


async def answered(
    store: ReviewStore, review_id: ReviewId, position: int, who: str, *, seconds: float = 0
) -> ReviewItem:
    document = (await store.get(review_id)).document
    answer = an_answer(who, at=later(seconds))
    return await store.change(review_id, position, lambda item: answer_item(item, answer, document=document))


async def refused(call: Awaitable[Any]) -> ErrorKind:
    with pytest.raises(TextNLPError) as caught:
        await call
    return caught.value.kind


async def test_a_review_and_its_items_are_returned_as_they_were_made(store: ReviewStore) -> None:
    review, items = a_review(), some_items()
    await store.create(review, items)
    assert await store.get(review.id) == review
    assert await store.items(review.id, limit=9) == items
    assert await store.item(review.id, 2) == items[2]
    assert await refused(store.create(review, items)) is ErrorKind.CONFLICT


async def test_reviews_are_listed_newest_first_page_by_page(store: ReviewStore) -> None:
    ids = [await created(store, seconds=each) for each in range(3)]
    first = await store.newest(limit=2)
    rest = await store.newest(before=first[-1].id, limit=2)
    assert [each.id for each in (*first, *rest)] == ids[::-1]


async def test_items_are_listed_page_by_page_and_by_state(store: ReviewStore) -> None:
    review_id = await created(store, items=5)
    await answered(store, review_id, 1, "a")
    await answered(store, review_id, 3, "a")
    assert [each.position for each in await store.items(review_id, after=1, limit=2)] == [2, 3]
    agreed = await store.items(review_id, states=[ItemState.AGREED], limit=1)
    assert [each.position for each in agreed] == [1]
    agreed = await store.items(review_id, states=[ItemState.AGREED], after=1, limit=9)
    assert [each.position for each in agreed] == [3]
    assert await store.items(review_id, states=[ItemState.DISPUTED], limit=9) == []


async def test_every_reviewer_is_given_an_item_of_their_own_and_the_same_one_again(store: ReviewStore) -> None:
    review_id = await created(store)
    assert [await lent(store, review_id, who) for who in "abcd"] == [0, 1, 2, None]
    assert await lent(store, review_id, "b", seconds=30) == 1
    item = await store.item(review_id, 1)
    assert [(each.since, each.until) for each in item.leases] == [(NOON, later(90))]


async def test_an_item_whose_lease_is_over_is_given_to_another(store: ReviewStore) -> None:
    review_id = await created(store, items=1)
    assert await lent(store, review_id, "a") == 0
    assert await lent(store, review_id, "b", seconds=59.999999) is None
    assert await lent(store, review_id, "b", seconds=60) == 0
    assert await refused(answered(store, review_id, 0, "a", seconds=61)) is ErrorKind.CONFLICT
    assert (await answered(store, review_id, 0, "b", seconds=62)).state is ItemState.AGREED


async def test_items_that_others_have_answered_are_finished_first(store: ReviewStore) -> None:
    review_id = await created(store, overlap=2)
    await answered(store, review_id, 2, "a")
    assert [await lent(store, review_id, who) for who in ("a", "b", "c")] == [0, 2, 0]
    assert await lent(store, review_id, "d") == 1


async def test_what_a_reviewer_has_answered_or_skipped_is_not_given_again(store: ReviewStore) -> None:
    review_id = await created(store, overlap=2)
    await answered(store, review_id, 0, "a")
    await store.change(review_id, 1, lambda item: skip_item(item, Skip(reviewer="a", at=NOON)))
    assert await lent(store, review_id, "a") == 2
    await answered(store, review_id, 2, "a")
    assert await lent(store, review_id, "a") is None


async def test_the_last_place_of_an_item_is_given_once_however_many_ask(store: ReviewStore) -> None:
    review_id = await created(store, overlap=2, items=4)
    given = await asyncio.gather(*(lent(store, review_id, f"r{number}") for number in range(12)))
    assert sorted(given, key=str) == [0, 0, 1, 1, 2, 2, 3, 3, None, None, None, None]


async def test_changes_of_one_item_take_turns(store: ReviewStore) -> None:
    review_id = await created(store, overlap=8, items=1)
    await asyncio.gather(*(answered(store, review_id, 0, f"r{number}") for number in range(8)))
    item = await store.item(review_id, 0)
    assert ({answer.reviewer for answer in item.answers}, item.state) == (
        {f"r{number}" for number in range(8)},
        ItemState.AGREED,
    )


async def test_a_change_that_is_refused_leaves_the_item_as_it_is(store: ReviewStore) -> None:
    review_id = await created(store)
    document = (await store.get(review_id)).document
    decision = Decision(by="owner", values={"quality": 1}, at=NOON)
    change = store.change(review_id, 0, lambda item: decide_item(item, decision, document=document))
    assert await refused(change) is ErrorKind.CONFLICT
    assert await store.item(review_id, 0) == some_items()[0]


async def test_the_row_of_an_item_cannot_be_changed(store: ReviewStore) -> None:
    review_id = await created(store)
    other = dataclasses.replace(an_item(position=2, row={"n": 9}), row_id="other")
    changed = await store.change(review_id, 0, lambda _: other)
    assert changed == some_items()[0] == await store.item(review_id, 0)


async def test_items_are_counted_by_state_with_their_answers(store: ReviewStore) -> None:
    review_id = await created(store, overlap=2, items=4)
    for position, people in ((0, "ab"), (1, "a")):
        for who in people:
            await answered(store, review_id, position, who)
    progress = await store.progress(review_id)
    assert (dict(progress.states), progress.answers) == ({ItemState.OPEN: 3, ItemState.AGREED: 1}, 3)


async def test_a_review_of_no_rows_is_one_all_the_same(store: ReviewStore) -> None:
    review_id = await created(store, items=0)
    assert await store.items(review_id, limit=9) == []
    assert (await store.progress(review_id)).answers == 0
    assert await lent(store, review_id, "a") is None
    assert await refused(store.item(review_id, 0)) is ErrorKind.NOT_FOUND


async def test_what_is_not_there_is_not_found(store: ReviewStore) -> None:
    review_id = await created(store)
    calls: list[Callable[[], Awaitable[Any]]] = [
        lambda: store.get(UNKNOWN),
        lambda: store.get(ReviewId("zero\0")),
        lambda: store.get(ReviewId("../x")),
        lambda: store.delete(UNKNOWN),
        lambda: store.items(UNKNOWN, limit=1),
        lambda: store.item(UNKNOWN, 0),
        lambda: store.progress(UNKNOWN),
        lambda: lent(store, UNKNOWN, "a"),
        lambda: store.change(UNKNOWN, 0, lambda item: item),
        lambda: store.item(review_id, 3),
        lambda: store.item(review_id, -1),
        lambda: store.item(review_id, 2**40),
        lambda: store.change(review_id, 3, lambda item: item),
    ]
    for call in calls:
        assert await refused(call()) is ErrorKind.NOT_FOUND


async def test_with_a_review_its_items_go(store: ReviewStore) -> None:
    review_id, other = await created(store), await created(store)
    await store.delete(review_id)
    assert await refused(store.items(review_id, limit=1)) is ErrorKind.NOT_FOUND
    assert [each.id for each in await store.newest(limit=9)] == [other]
    assert len(await store.items(other, limit=9)) == 3


async def test_a_tenant_reaches_its_own_reviews_only(store: ReviewStore) -> None:
    theirs = await created(store, tenant="theirs")
    ours = store.for_tenant("mine")
    mine = await created(ours, tenant="mine")
    assert [each.id for each in await ours.newest(limit=9)] == [mine]
    assert await lent(ours, mine, "a") == 0
    assert (await answered(ours, mine, 0, "a")).state is ItemState.AGREED
    calls: list[Callable[[], Awaitable[Any]]] = [
        lambda: ours.get(theirs),
        lambda: ours.items(theirs, limit=1),
        lambda: ours.item(theirs, 0),
        lambda: ours.progress(theirs),
        lambda: lent(ours, theirs, "a"),
        lambda: ours.change(theirs, 0, lambda item: item),
        lambda: ours.delete(theirs),
    ]
    for call in calls:
        assert await refused(call()) is ErrorKind.NOT_FOUND
    assert await refused(ours.create(a_review(tenant="theirs"), some_items())) is ErrorKind.FORBIDDEN
    await ours.delete(mine)
    assert await ours.newest(limit=9) == []
    assert await store.item(theirs, 0) == some_items()[0]


@pytest.mark.postgres
async def test_the_server_keeps_items_of_others_from_a_tenant(database: PostgresDatabase) -> None:
    await created(PostgresReviewStore(database), tenant="theirs")
    for statement in ("select position from review_items", "select id from reviews"):
        async with database.for_tenant("mine").connection() as connection:
            assert await (await connection.execute(statement)).fetchall() == []
    with contextlib.suppress(psycopg.errors.Error):
        async with database.for_tenant("mine").connection() as connection:
            await connection.execute("update review_items set tenant = 'mine'")
    async with database.connection() as connection:
        found = await (await connection.execute("select distinct tenant from review_items")).fetchall()
    assert found == [("theirs",)]
