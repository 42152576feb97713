import asyncio
from pathlib import Path

import pytest

from tests.unit.domain.review.reviews import NOON, an_answer, an_item, later, review_document
from textnlp.adapters.reviews.folder import ITEMS_FILE, JOURNAL_FILE, FolderReviewStore
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identifiers import ReviewId, new_review_id
from textnlp.domain.review.model import ItemState, Review
from textnlp.domain.review.rules import answer_item

DOCUMENT = review_document("quality", overlap=3)


async def begun(root: Path) -> ReviewId:
    review = Review(
        id=new_review_id(NOON), tenant="local", owner="me", document=DOCUMENT, created_at=NOON, item_count=2
    )
    await FolderReviewStore(root).create(review, [an_item(), an_item(position=1)])
    return review.id


async def answer(root: Path, review_id: ReviewId, who: str) -> None:
    await FolderReviewStore(root).change(
        review_id, 0, lambda item: answer_item(item, an_answer(who), document=DOCUMENT)
    )


async def test_a_line_that_a_crash_cut_off_is_passed_over_and_written_over(tmp_path: Path) -> None:
    review_id = await begun(tmp_path)
    await answer(tmp_path, review_id, "a")
    journal = tmp_path / review_id / JOURNAL_FILE
    whole = journal.read_bytes()
    journal.write_bytes(whole + whole[: len(whole) // 2])
    await answer(tmp_path, review_id, "b")
    item = await FolderReviewStore(tmp_path).item(review_id, 0)
    assert [each.reviewer for each in item.answers] == ["a", "b"]
    assert journal.read_bytes().startswith(whole)


async def test_stores_of_several_commands_take_turns(tmp_path: Path) -> None:
    review_id = await begun(tmp_path)
    await asyncio.gather(*(answer(tmp_path, review_id, who) for who in "abc"))
    item = await FolderReviewStore(tmp_path).item(review_id, 0)
    assert (len(item.answers), item.state) == (3, ItemState.AGREED)


async def test_a_review_that_was_damaged_says_so(tmp_path: Path) -> None:
    review_id = await begun(tmp_path)
    (tmp_path / review_id / ITEMS_FILE).write_bytes(b"{}\n")
    with pytest.raises(TextNLPError) as caught:
        await FolderReviewStore(tmp_path).lend_next(review_id, "a", now=NOON, until=later(60))
    assert caught.value.kind is ErrorKind.UNAVAILABLE


async def test_a_folder_that_is_not_there_has_no_reviews(tmp_path: Path) -> None:
    assert await FolderReviewStore(tmp_path / "none").newest(limit=9) == []
