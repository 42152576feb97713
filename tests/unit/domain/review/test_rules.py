import dataclasses
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.unit.domain.review.reviews import NOON, ROW, an_answer, an_item, later, review_document
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.review.document import ReviewDocument
from textnlp.domain.review.model import MAX_COMMENTS, Answer, Comment, Decision, ItemState, ReviewItem, Skip
from textnlp.domain.review.rules import (
    answer_item,
    can_be_lent,
    comment_on_item,
    decide_item,
    disputed_questions,
    final_values,
    lend,
    skip_item,
    take_back,
)

PEOPLE = st.sampled_from("abcd")


def answered(document: ReviewDocument, *values: Mapping[str, object], item: ReviewItem | None = None) -> ReviewItem:
    found = item or an_item()
    for number, each in enumerate(values):
        found = answer_item(found, an_answer(f"r{number}", each), document=document)
    return found


def refusal(call: Callable[[], ReviewItem]) -> ErrorKind:
    with pytest.raises(TextNLPError) as caught:
        call()
    return caught.value.kind


def test_a_lease_keeps_a_place_until_it_is_over() -> None:
    item = lend(an_item(), "a", now=NOON, until=later(60), overlap=1)
    assert not can_be_lent(item, "b", now=later(59), overlap=1)
    assert can_be_lent(item, "b", now=later(60), overlap=1)
    assert can_be_lent(item, "b", now=NOON, overlap=2)
    taken = lend(item, "b", now=later(60), until=later(120), overlap=1)
    assert [lease.reviewer for lease in taken.leases] == ["b"]
    assert refusal(lambda: answer_item(taken, an_answer("a", at=later(61)), document=review_document("quality")))


def test_asking_again_makes_the_lease_longer_and_keeps_its_beginning() -> None:
    item = lend(an_item(), "a", now=NOON, until=later(60), overlap=1)
    again = lend(item, "a", now=later(30), until=later(90), overlap=1)
    (lease,) = again.leases
    assert (lease.since, lease.until) == (NOON, later(90))


def test_who_has_answered_or_skipped_is_not_given_the_item_again() -> None:
    document = review_document("quality", overlap=3)
    item = skip_item(answered(document, {"quality": 1}), Skip(reviewer="b", at=NOON))
    assert [can_be_lent(item, who, now=NOON, overlap=3) for who in ("r0", "b", "c")] == [False, False, True]
    assert refusal(lambda: skip_item(item, Skip(reviewer="r0", at=NOON))) is ErrorKind.CONFLICT


def test_an_answer_takes_a_skip_back() -> None:
    item = skip_item(an_item(), Skip(reviewer="a", at=NOON))
    assert answer_item(item, an_answer("a"), document=review_document("quality")).skips == ()


def test_enough_equal_answers_are_agreed_and_others_disputed() -> None:
    document = review_document("quality", "tone", overlap=2)
    same, other = {"quality": 4, "tone": "warm"}, {"quality": 4, "tone": "cold"}
    assert answered(document, same).state is ItemState.OPEN
    assert answered(document, same, same).state is ItemState.AGREED
    disputed = answered(document, same, other)
    assert (disputed.state, disputed_questions(disputed, document)) == (ItemState.DISPUTED, ["tone"])
    assert final_values(disputed, document) == {"quality": 4}


def test_a_majority_settles_where_the_review_says_so() -> None:
    values = [{"quality": 4}, {"quality": 4}, {"quality": 1}]
    strict, loose = (review_document("quality", overlap=3, settled_by=by) for by in ("unanimity", "majority"))
    assert answered(strict, *values).state is ItemState.DISPUTED
    assert answered(loose, *values).state is ItemState.AGREED
    assert final_values(answered(loose, *values), loose) == {"quality": 4}
    assert answered(loose, {"quality": 1}, {"quality": 2}, {"quality": 3}).state is ItemState.DISPUTED


def test_a_reviewer_may_think_better_of_an_answer_until_it_is_decided() -> None:
    document = review_document("quality", overlap=2)
    item = answered(document, {"quality": 4}, {"quality": 2})
    better = answer_item(item, an_answer("r1", {"quality": 4}), document=document)
    assert (better.state, len(better.answers)) == (ItemState.AGREED, 2)
    decided = decide_item(item, Decision(by="o", values={"quality": 3}, at=NOON), document=document)
    assert refusal(lambda: answer_item(decided, an_answer("r1"), document=document)) is ErrorKind.CONFLICT


def test_one_answer_more_than_is_asked_for_is_refused() -> None:
    document = review_document("quality")
    item = answered(document, {"quality": 4})
    assert refusal(lambda: answer_item(item, an_answer("late"), document=document)) is ErrorKind.CONFLICT


def test_the_owner_decides_what_is_disputed_when_all_have_answered() -> None:
    document = review_document("quality", "tone", overlap=2)
    item = answered(document, {"quality": 4, "tone": "warm"}, {"quality": 4, "tone": "cold"})
    decision = Decision(by="owner", values={"tone": "cold"}, at=NOON)
    decided = decide_item(item, decision, document=document)
    assert decided.state is ItemState.DECIDED
    assert final_values(decided, document) == {"quality": 4, "tone": "cold"}
    short = dataclasses.replace(decision, values={"quality": 1})
    assert refusal(lambda: decide_item(item, short, document=document)) is ErrorKind.INVALID_INPUT
    waiting = answered(document, {"quality": 4, "tone": "warm"})
    assert refusal(lambda: decide_item(waiting, decision, document=document)) is ErrorKind.CONFLICT


def test_an_answer_that_is_taken_back_opens_the_item_for_the_same_reviewer() -> None:
    document = review_document("quality", overlap=2)
    item = answered(document, {"quality": 1}, {"quality": 5})
    assert item.state is ItemState.DISPUTED
    back = take_back(item, "r1", now=NOON, until=later(60), document=document)
    assert (back.state, [answer.reviewer for answer in back.answers]) == (ItemState.OPEN, ["r0"])
    assert [lease.reviewer for lease in back.leases] == ["r1"]
    assert not can_be_lent(back, "r2", now=NOON, overlap=2)


def test_a_skip_is_taken_back_while_there_is_a_place() -> None:
    document = review_document("quality")
    skipped = skip_item(an_item(), Skip(reviewer="a", at=NOON))
    assert take_back(skipped, "a", now=NOON, until=later(60), document=document).skips == ()
    filled = answered(document, {"quality": 1}, item=skipped)
    assert refusal(lambda: take_back(filled, "a", now=NOON, until=later(60), document=document)) is ErrorKind.CONFLICT


def test_nothing_is_taken_back_that_was_not_said_or_is_decided() -> None:
    document = review_document("quality")
    item = answered(document, {"quality": 1})
    decision = Decision(by="owner", values={"quality": 2}, at=NOON)
    decided = decide_item(item, decision, document=document)
    for each, who in ((item, "b"), (decided, "r0")):
        call = partial(take_back, each, who, now=NOON, until=later(60), document=document)
        assert refusal(call) is ErrorKind.CONFLICT


def test_comments_are_kept_and_bounded() -> None:
    item = comment_on_item(an_item(), Comment(reviewer="a", at=NOON, text="See above."))
    assert [each.text for each in item.comments] == ["See above."]
    for text in ("", " \n", "x" * 5_001):
        wrong = Comment(reviewer="a", at=NOON, text=text)
        assert refusal(partial(comment_on_item, item, wrong)) is ErrorKind.INVALID_INPUT
    full = dataclasses.replace(item, comments=item.comments * MAX_COMMENTS)
    assert refusal(lambda: comment_on_item(full, item.comments[0])) is ErrorKind.LIMIT_REACHED


class ItemLife(RuleBasedStateMachine):
    """Lends, answers, skips and decides in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.item = an_item(row=ROW)
        self.now: datetime = NOON
        self.document = review_document("quality")

    @initialize(overlap=st.integers(1, 3), by=st.sampled_from(["unanimity", "majority"]))
    def begin(self, overlap: int, by: str) -> None:
        self.document = review_document("quality", overlap=overlap, settled_by=by)

    @rule(seconds=st.integers(1, 90))
    def wait(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(who=PEOPLE)
    def ask(self, who: str) -> None:
        overlap, until = self.document.overlap, self.now + timedelta(seconds=60)
        if can_be_lent(self.item, who, now=self.now, overlap=overlap):
            self.item = lend(self.item, who, now=self.now, until=until, overlap=overlap)
            lent = answer_item(self.item, an_answer(who, at=self.now), document=self.document)
            assert lent.answer_of(who) is not None

    @rule(who=PEOPLE, mark=st.integers(1, 3))
    def answer(self, who: str, mark: int) -> None:
        answer = Answer(reviewer=who, values={"quality": mark}, at=self.now)
        self._tried(lambda: answer_item(self.item, answer, document=self.document))

    @rule(who=PEOPLE)
    def skip(self, who: str) -> None:
        self._tried(lambda: skip_item(self.item, Skip(reviewer=who, at=self.now)))

    @rule(who=PEOPLE)
    def take_back(self, who: str) -> None:
        until = self.now + timedelta(seconds=60)
        self._tried(lambda: take_back(self.item, who, now=self.now, until=until, document=self.document))

    @precondition(lambda self: self.item.state is not ItemState.OPEN)
    @rule(mark=st.integers(1, 3))
    def decide(self, mark: int) -> None:
        self.item = decide_item(
            self.item, Decision(by="owner", values={"quality": mark}, at=self.now), document=self.document
        )
        assert final_values(self.item, self.document) == {"quality": mark}

    @invariant()
    def no_more_people_work_on_it_than_are_wanted(self) -> None:
        answered_by = {answer.reviewer for answer in self.item.answers}
        lent_to = {lease.reviewer for lease in self.item.leases if lease.until > self.now}
        assert len(answered_by) == len(self.item.answers)
        assert len(answered_by | lent_to) <= self.document.overlap
        assert not answered_by & {skip.reviewer for skip in self.item.skips}

    @invariant()
    def the_state_follows_from_the_answers(self) -> None:
        is_full = len(self.item.answers) == self.document.overlap
        assert (self.item.state is ItemState.OPEN) == (not is_full)
        assert (self.item.state is ItemState.DECIDED) == (self.item.decision is not None)
        if self.item.state is ItemState.AGREED:
            assert set(final_values(self.item, self.document)) == {"quality"}
        if self.item.state is ItemState.DISPUTED:
            assert disputed_questions(self.item, self.document) == ["quality"]

    def _tried(self, call: Callable[[], ReviewItem]) -> None:
        try:
            self.item = call()
        except TextNLPError as error:
            if error.kind is not ErrorKind.CONFLICT:
                raise


TestItemLife = ItemLife.TestCase
