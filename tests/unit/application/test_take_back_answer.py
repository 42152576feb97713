from datetime import timedelta
from typing import Any

import pytest

from tests.unit.domain.review.reviews import QUESTIONS, ROW
from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.reviews.memory import MemoryReviewStore
from textnlp.application.answer_review_item import answer_review_item, skip_review_item
from textnlp.application.create_review import SourceRow, create_review
from textnlp.application.lend_review_item import keep_review_item, lend_review_item
from textnlp.application.review_ports import ReviewCaller, ReviewPorts
from textnlp.application.take_back_answer import take_back_answer
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.review.document import ReviewDocument
from textnlp.domain.review.model import ItemState, Review

OWNER = ReviewCaller(name="owner", tenant="acme")


async def reviewed(**further: Any) -> tuple[ReviewPorts, Review]:
    """Return a blind review of one row with a pair and a mark."""
    ports = ReviewPorts(store=MemoryReviewStore(), clock=SystemClock())
    questions = {name: QUESTIONS[name] for name in ("quality", "pair")}
    document = ReviewDocument.model_validate({"name": "replies", "questions": questions, **further})
    return ports, await create_review(ports, document, [SourceRow(row_id="a", row=ROW)], caller=OWNER)


@pytest.mark.parametrize("reviewer", ["ada", "bob", "cleo", "dan"])
async def test_an_answer_is_taken_back_with_its_sides_as_they_were_seen(reviewer: str) -> None:
    ports, review = await reviewed()
    values = {"quality": 2, "pair": "left"}
    await answer_review_item(ports, review.id, 0, reviewer=reviewer, values=values, comment="Why not?")
    taken = await take_back_answer(ports, review.id, 0, reviewer=reviewer)
    assert (taken.values, taken.comment) == (values, "Why not?")
    item = await ports.store.item(review.id, 0)
    assert (item.state, item.answers) == (ItemState.OPEN, ())
    lent = await lend_review_item(ports, review.id, reviewer=reviewer)
    assert lent is not None
    assert lent.view == taken.lent.view


async def test_a_skip_is_taken_back_without_values() -> None:
    ports, review = await reviewed()
    await skip_review_item(ports, review.id, 0, reviewer="ada")
    assert (await take_back_answer(ports, review.id, 0, reviewer="ada")).values == {}


async def test_what_was_never_answered_is_not_taken_back() -> None:
    ports, review = await reviewed()
    with pytest.raises(TextNLPError) as caught:
        await take_back_answer(ports, review.id, 0, reviewer="ada")
    assert caught.value.kind is ErrorKind.CONFLICT


async def test_an_item_is_kept_for_its_reviewer_and_for_nobody_else() -> None:
    ports, review = await reviewed(lease_seconds=30)
    first = await lend_review_item(ports, review.id, reviewer="ada")
    kept = await keep_review_item(ports, review.id, 0, reviewer="ada")
    assert first is not None
    assert kept.until >= first.until
    assert kept.until - ports.clock.now() <= timedelta(seconds=30)
    with pytest.raises(TextNLPError) as caught:
        await keep_review_item(ports, review.id, 0, reviewer="bob")
    assert caught.value.kind is ErrorKind.CONFLICT
