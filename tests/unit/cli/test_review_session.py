import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console

from tests.doubles.clock import ManualClock
from textnlp.adapters.reviews.memory import MemoryReviewStore
from textnlp.application.review_ports import ReviewCaller, ReviewPorts
from textnlp.cli.local_reviews import LocalReviews
from textnlp.cli.review_session import ReviewSession
from textnlp.client.reviews_models import ReviewCreate

ROWS: list[dict[str, Any]] = [{"reply": "It boils fast.", "other": "Blue."}, {"reply": "It shines.", "other": "Red."}]
QUALITY = {"quality": {"kind": "rating"}}


def from_list(typed: list[str]) -> Callable[[], str]:
    def read() -> str:
        if not typed:
            raise EOFError
        return typed.pop(0)

    return read


class Sitting:
    """A reviewer with prepared keys and lines, before a review of two rows."""

    def __init__(self, questions: dict[str, Any], *, keys: str = "", lines: list[str] | None = None) -> None:
        ports = ReviewPorts(store=MemoryReviewStore(), clock=ManualClock())
        self.reviews = LocalReviews(ports, caller=ReviewCaller(name="me", tenant="local", is_admin=True))
        self.questions = questions
        self.screen = io.StringIO()
        self.keys, self.lines = list(keys), list(lines or [])
        self.review_id = ""

    async def sit(self) -> int:
        review = {"name": "replies", "questions": self.questions, "guidelines": "Be [kind]."}
        made = await self.reviews.create(ReviewCreate(review=review, rows=ROWS))
        self.review_id = made.id
        session = ReviewSession(
            calls=self.reviews,
            review=await self.reviews.show(made.id),
            reviewer="ada",
            console=Console(file=self.screen, width=100),
            read_key=lambda: self.keys.pop(0) if self.keys else "",
            read_line=from_list(self.lines),
        )
        return await session.run()

    async def finals(self) -> list[dict[str, Any]]:
        return [item.final for item in (await self.reviews.list_items(self.review_id)).items]


async def test_single_keys_answer_item_after_item_until_nothing_is_left() -> None:
    sitting = Sitting({**QUALITY, "tone": {"kind": "label", "labels": ["warm", "cold"]}}, keys="4251")
    assert await sitting.sit() == 2
    assert await sitting.finals() == [{"quality": 4, "tone": "cold"}, {"quality": 5, "tone": "warm"}]
    shown = sitting.screen.getvalue()
    assert "Be [kind]." in shown
    assert "Nothing is left for you." in shown


async def test_a_key_that_says_nothing_is_asked_again() -> None:
    sitting = Sitting(QUALITY, keys="9x34")
    assert await sitting.sit() == 2
    assert await sitting.finals() == [{"quality": 3}, {"quality": 4}]


async def test_an_item_can_be_skipped_and_remarked_on_and_the_sitting_ended() -> None:
    sitting = Sitting(QUALITY, keys="csq", lines=["What is it?"])
    assert await sitting.sit() == 0
    items = (await sitting.reviews.list_items(sitting.review_id)).items
    assert [each.text for each in items[0].comments] == ["What is it?"]
    assert [each.reviewer for each in items[0].skips] == ["ada"]
    assert items[1].answers == []


async def test_texts_are_typed_and_an_empty_line_leaves_a_text_as_it_is() -> None:
    sitting = Sitting({"better": {"kind": "edit", "column": "reply"}}, lines=["It boils.", ""])
    assert await sitting.sit() == 2
    assert await sitting.finals() == [{"better": "It boils."}, {"better": "It shines."}]


async def test_sides_of_a_pair_are_chosen_by_key_and_kept_as_columns() -> None:
    sitting = Sitting({"pair": {"kind": "pairwise", "first": "reply", "second": "other"}}, keys="13")
    assert await sitting.sit() == 2
    first, second = await sitting.finals()
    assert first["pair"] in {"first", "second"}
    assert second == {"pair": "tie"}


async def test_an_answer_that_does_not_fit_is_told_and_asked_again() -> None:
    topics = {"topics": {"kind": "multi_label", "labels": ["speed", "price"]}}
    sitting = Sitting(topics, lines=["weight", "speed", "price"])
    assert await sitting.sit() == 2
    assert "must be one of speed, price" in sitting.screen.getvalue()
    assert await sitting.finals() == [{"topics": ["speed"]}, {"topics": ["price"]}]


async def test_what_may_be_left_out_is_left_out_by_an_empty_line(tmp_path: Path) -> None:
    questions = {**QUALITY, "topics": {"kind": "multi_label", "labels": ["speed"], "required": False}}
    sitting = Sitting(questions, keys="45", lines=["", "speed"])
    assert await sitting.sit() == 2
    assert await sitting.finals() == [{"quality": 4}, {"quality": 5, "topics": ["speed"]}]
