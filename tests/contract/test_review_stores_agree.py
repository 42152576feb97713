"""Whatever is done to them, the reviews in PostgreSQL are as those in memory."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, ClassVar

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.unit.domain.review.reviews import NOON, an_answer, an_item, review_document
from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.adapters.database.review_store import PostgresReviewStore
from textnlp.adapters.reviews.memory import MemoryReviewStore
from textnlp.domain.errors import TextNLPError
from textnlp.domain.identifiers import ReviewId, new_review_id
from textnlp.domain.review.model import Decision, Review, Skip
from textnlp.domain.review.rules import answer_item, decide_item, skip_item
from textnlp.ports.review_store import ItemChange, ReviewStore

LEASE = timedelta(seconds=60)
_ITEMS = 4
_PEOPLE = st.sampled_from(["ada", "ben", "cyd"])
_PLACES = st.integers(0, _ITEMS - 1)


class _Stores(RuleBasedStateMachine):
    database_url: ClassVar[str]

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        with psycopg.connect(self.database_url, options="-c search_path=textnlp") as connection:
            connection.execute("truncate reviews, review_items")
        self.database = PostgresDatabase(self.database_url, clock=SystemClock(), max_connections=2)
        self.stores: list[ReviewStore] = [PostgresReviewStore(self.database), MemoryReviewStore()]
        self.now = NOON
        self.document = review_document("quality")
        self.review_id = ReviewId("")

    @initialize(overlap=st.integers(1, 3))
    def begin(self, overlap: int) -> None:
        self.document = review_document("quality", overlap=overlap)
        review = Review(
            id=new_review_id(NOON),
            tenant="acme",
            owner="owner",
            document=self.document,
            created_at=NOON,
            item_count=_ITEMS,
        )
        self.review_id = review.id
        self.both(lambda store: store.create(review, [an_item(position=place) for place in range(_ITEMS)]))

    def teardown(self) -> None:
        self.runner.run(self.database.aclose())
        self.runner.close()

    def both(self, call: Callable[[ReviewStore], Awaitable[Any]]) -> Any:
        answers = [self.answer(store, call) for store in self.stores]
        assert answers[0] == answers[1]
        return answers[0]

    def answer(self, store: ReviewStore, call: Callable[[ReviewStore], Awaitable[Any]]) -> Any:
        async def ask() -> Any:
            try:
                return await call(store)
            except TextNLPError as error:
                return error.kind

        return self.runner.run(ask())

    def changed(self, place: int, change: ItemChange) -> None:
        self.both(lambda store: store.change(self.review_id, place, change))

    @rule(seconds=st.integers(1, 90))
    def wait(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(who=_PEOPLE)
    def lend(self, who: str) -> None:
        self.both(lambda store: store.lend_next(self.review_id, who, now=self.now, until=self.now + LEASE))

    @rule(who=_PEOPLE, place=_PLACES, mark=st.integers(1, 2))
    def answer_one(self, who: str, place: int, mark: int) -> None:
        said = an_answer(who, {"quality": mark}, at=self.now)
        self.changed(place, lambda item: answer_item(item, said, document=self.document))

    @rule(who=_PEOPLE, place=_PLACES)
    def skip_one(self, who: str, place: int) -> None:
        self.changed(place, lambda item: skip_item(item, Skip(reviewer=who, at=self.now)))

    @rule(place=_PLACES)
    def decide_one(self, place: int) -> None:
        decision = Decision(by="owner", values={"quality": 1}, at=self.now)
        self.changed(place, lambda item: decide_item(item, decision, document=self.document))

    @invariant()
    def the_same_is_kept(self) -> None:
        self.both(lambda store: store.items(self.review_id, limit=_ITEMS))
        self.both(lambda store: store.progress(self.review_id))


@pytest.mark.postgres
def test_reviews_in_postgresql_are_as_those_in_memory(database_url: str) -> None:
    _Stores.database_url = database_url
    run_state_machine_as_test(
        _Stores,
        settings=settings(
            max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=[HealthCheck.too_slow]
        ),
    )
