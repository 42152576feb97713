"""A row as another tool has it, with what its people said of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError, invalid_input
from textnlp.domain.review.answers import checked_values
from textnlp.domain.review.document import ReviewDocument
from textnlp.domain.review.model import Answer, ReviewItem, Skip
from textnlp.domain.review.rules import answer_item, skip_item


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidRow:
    """A row with answers that may not fit the questions.

    Attributes:
        answers: by different reviewers; their values as the platform has them, sides of pairs as columns.
    """

    row_id: str
    row: Mapping[str, Any]
    answers: Sequence[Answer] = ()
    skips: Sequence[Skip] = ()


def items_of(said: Sequence[SaidRow], document: ReviewDocument) -> list[ReviewItem]:
    """Return rows as items, with their answers as if they had been given here.

    Raises `INVALID_INPUT`, with the number of the record, for an answer that does not fit its question, and for more
    answers to a row than the review asks for.
    """
    return [_item(number, each, document) for number, each in enumerate(said)]


def _item(position: int, said: SaidRow, document: ReviewDocument) -> ReviewItem:
    item = ReviewItem(position=position, row_id=said.row_id, row=said.row)
    if len(said.answers) > document.overlap:
        raise TextNLPError(
            f"Record {position + 1} has {len(said.answers)} answers; the review asks for {document.overlap}.",
            kind=ErrorKind.INVALID_INPUT,
            facts=ErrorFacts(field="overlap", hint="Set overlap to the most answers that a record has."),
        )
    try:
        for skip in said.skips:
            item = skip_item(item, skip)
        for answer in said.answers:
            values = checked_values(document, said.row, answer.values)
            kept = Answer(
                reviewer=answer.reviewer, values=values, at=answer.at, seconds=answer.seconds, comment=answer.comment
            )
            item = answer_item(item, kept, document=document)
    except TextNLPError as error:
        raise invalid_input(f"Record {position + 1}: {error.message}", field=error.facts.field) from error
    return item


def require_list(document: Any, what: str) -> list[dict[str, Any]]:
    """Return a list of objects; raise `INVALID_INPUT` for anything else."""
    found: list[Any] = cast("list[Any]", document) if isinstance(document, list) else [document]
    if not isinstance(document, list) or not all(isinstance(each, dict) for each in found):
        raise invalid_input(f"{what} are a list of objects.")
    return found


def object_at(record: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return the object under `name`, an empty one where there is none; raise `INVALID_INPUT` for another value."""
    found = record.get(name)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise invalid_input(f"{name} is an object.", field=name)
    return cast("dict[str, Any]", found)


def objects_at(record: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """Return the objects in the list under `name`, none where there is none; raise `INVALID_INPUT` otherwise."""
    found = record.get(name)
    return [] if found is None else require_list(found, f"The values of {name}")
