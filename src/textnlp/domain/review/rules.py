"""What may happen to an item, and where it is afterwards."""

import dataclasses
from datetime import datetime

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError, invalid_input
from textnlp.domain.review.answers import is_same_answer
from textnlp.domain.review.document import ReviewDocument
from textnlp.domain.review.model import (
    MAX_COMMENT_CHARACTERS,
    MAX_COMMENTS,
    Answer,
    Comment,
    Decision,
    ItemState,
    Lease,
    ReviewItem,
    Skip,
)
from textnlp.domain.review.questions import AnyQuestion


def can_be_lent(item: ReviewItem, reviewer: str, *, now: datetime, overlap: int) -> bool:
    """Whether the item may be given to a reviewer, who has not answered or skipped it.

    Answers and running leases of others fill its places; a lease that is over fills none.
    """
    if item.state is not ItemState.OPEN or item.answer_of(reviewer) or _has_skipped(item, reviewer):
        return False
    return _taken_places(item, reviewer, now) < overlap


def lend(item: ReviewItem, reviewer: str, *, now: datetime, until: datetime, overlap: int) -> ReviewItem:
    """Give an item to a reviewer; raise `CONFLICT` where it cannot be. A lease that runs is made longer.

    Leases that are over are forgotten.
    """
    if not can_be_lent(item, reviewer, now=now, overlap=overlap):
        raise _conflict("The item cannot be given to this reviewer.")
    running = tuple(lease for lease in item.leases if lease.until > now)
    mine = next((lease for lease in running if lease.reviewer == reviewer), None)
    others = tuple(lease for lease in running if lease.reviewer != reviewer)
    lease = Lease(reviewer=reviewer, since=mine.since if mine else now, until=until)
    return dataclasses.replace(item, leases=(*others, lease))


def answer_item(item: ReviewItem, answer: Answer, *, document: ReviewDocument) -> ReviewItem:
    """Note an answer, in place of an earlier one of the same reviewer, and say where the item is then.

    Who was given the item in time keeps a place; others may answer while there is one. Raises `CONFLICT` for an item
    that was decided or has answers enough. A skip is taken back by an answer.
    """
    _require_undecided(item)
    reviewer = answer.reviewer
    before = item.answer_of(reviewer)
    if before is None:
        if len(item.answers) >= document.overlap:
            raise _conflict("The item has as many answers as the review asks for.")
        if _taken_places(item, reviewer, answer.at) >= document.overlap:
            raise _conflict("Others were given the item meanwhile.")
        answers = (*item.answers, answer)
    else:
        answers = tuple(answer if each.reviewer == reviewer else each for each in item.answers)
    return dataclasses.replace(
        item,
        answers=answers,
        skips=tuple(skip for skip in item.skips if skip.reviewer != reviewer),
        leases=_without(item, reviewer),
        state=_state_of(answers, document),
    )


def skip_item(item: ReviewItem, skip: Skip) -> ReviewItem:
    """Note that a reviewer will not answer; raise `CONFLICT` where they have answered."""
    if item.answer_of(skip.reviewer) is not None:
        raise _conflict("The reviewer has answered the item.")
    others = tuple(each for each in item.skips if each.reviewer != skip.reviewer)
    return dataclasses.replace(item, skips=(*others, skip), leases=_without(item, skip.reviewer))


def take_back(
    item: ReviewItem, reviewer: str, *, now: datetime, until: datetime, document: ReviewDocument
) -> ReviewItem:
    """Forget what a reviewer answered, or that they skipped the item, and give it to them again.

    Raises `CONFLICT` where they did neither, where the item was decided, and where others fill its places.
    """
    _require_undecided(item)
    if item.answer_of(reviewer) is None and not _has_skipped(item, reviewer):
        raise _conflict("There is nothing of this reviewer's to be taken back.")
    answers = tuple(answer for answer in item.answers if answer.reviewer != reviewer)
    skips = tuple(skip for skip in item.skips if skip.reviewer != reviewer)
    opened = dataclasses.replace(item, answers=answers, skips=skips, state=_state_of(answers, document))
    return lend(opened, reviewer, now=now, until=until, overlap=document.overlap)


def comment_on_item(item: ReviewItem, comment: Comment) -> ReviewItem:
    """Add a remark; raise `INVALID_INPUT` for one that is empty or too long, `LIMIT_REACHED` for one too many."""
    if not 0 < len(comment.text.strip()) <= MAX_COMMENT_CHARACTERS:
        raise invalid_input(f"A comment has 1 to {MAX_COMMENT_CHARACTERS:,} characters.", field="text")
    if len(item.comments) >= MAX_COMMENTS:
        raise TextNLPError(f"The item has {MAX_COMMENTS} comments.", kind=ErrorKind.LIMIT_REACHED)
    return dataclasses.replace(item, comments=(*item.comments, comment))


def decide_item(item: ReviewItem, decision: Decision, *, document: ReviewDocument) -> ReviewItem:
    """Note what the owner decided, in place of an earlier decision.

    Raises `CONFLICT` while answers are awaited, and `INVALID_INPUT` where a disputed question is not decided.
    """
    if item.state is ItemState.OPEN:
        raise _conflict("The item still waits for answers.", hint="Decide when all reviewers have answered.")
    left = [name for name in disputed_questions(item, document) if name not in decision.values]
    if left:
        raise invalid_input(f"The reviewers disagree on {left[0]!r}: decide it, too.", field=f"values.{left[0]}")
    return dataclasses.replace(item, decision=decision, state=ItemState.DECIDED)


def disputed_questions(item: ReviewItem, document: ReviewDocument) -> list[str]:
    """Return the questions on which the answers to an item do not settle anything."""
    return _disputed(item.answers, document)


def final_values(item: ReviewItem, document: ReviewDocument) -> dict[str, object]:
    """Return what holds of an item by question: the decision, else what settles the answers; nothing while open."""
    if item.state is ItemState.OPEN:
        return {}
    found: dict[str, object] = {}
    for name, question in document.questions.items():
        if item.decision is not None and name in item.decision.values:
            found[name] = item.decision.values[name]
            continue
        values = _given(item.answers, name)
        settled = _settled(question, values, document)
        if settled is not None:
            found[name] = settled
    return found


def _state_of(answers: tuple[Answer, ...], document: ReviewDocument) -> ItemState:
    if len(answers) < document.overlap:
        return ItemState.OPEN
    return ItemState.DISPUTED if _disputed(answers, document) else ItemState.AGREED


def _disputed(answers: tuple[Answer, ...], document: ReviewDocument) -> list[str]:
    found: list[str] = []
    for name, question in document.questions.items():
        values = _given(answers, name)
        if values and _settled(question, values, document) is None:
            found.append(name)
    return found


def _settled(question: AnyQuestion, values: list[object], document: ReviewDocument) -> object | None:
    """Return the value that enough of the answers agree with, the first of the likeliest; None for none."""
    if not values:
        return None
    counts = [sum(is_same_answer(question, value, other) for other in values) for value in values]
    most = max(counts)
    needed = len(values) if document.settled_by == "unanimity" else len(values) // 2 + 1
    return values[counts.index(most)] if most >= needed else None


def _given(answers: tuple[Answer, ...], name: str) -> list[object]:
    return [answer.values[name] for answer in answers if name in answer.values]


def _taken_places(item: ReviewItem, reviewer: str, now: datetime) -> int:
    """Count answers and running leases of others."""
    answered = {answer.reviewer for answer in item.answers}
    lent = {lease.reviewer for lease in item.leases if lease.until > now}
    return len((answered | lent) - {reviewer})


def _has_skipped(item: ReviewItem, reviewer: str) -> bool:
    return any(skip.reviewer == reviewer for skip in item.skips)


def _without(item: ReviewItem, reviewer: str) -> tuple[Lease, ...]:
    return tuple(lease for lease in item.leases if lease.reviewer != reviewer)


def _require_undecided(item: ReviewItem) -> None:
    if item.decision is not None:
        raise _conflict("The item was decided.")


def _conflict(message: str, *, hint: str | None = None) -> TextNLPError:
    return TextNLPError(message, kind=ErrorKind.CONFLICT, facts=ErrorFacts(hint=hint))
