"""Records of Argilla, as `Dataset.records.to_json` of its Python SDK 2 writes and reads them."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from textnlp.domain.errors import invalid_input
from textnlp.domain.review.document import ReviewDocument
from textnlp.domain.review.exchange.said_row import SaidRow, object_at, objects_at, require_list
from textnlp.domain.review.model import Answer, ReviewItem
from textnlp.domain.review.questions import AnyQuestion, RankingQuestion

_NAMES = uuid.UUID("6d0c2c2e-6c51-5b0c-9d6e-2f6f0b6d8f11")
_REVIEWERS = "reviewers"
_DECISION = "decision"


def to_argilla(items: Sequence[ReviewItem], document: ReviewDocument) -> list[dict[str, Any]]:
    """Return items as records.

    Texts and objects of a row are fields, its numbers and truth values metadata. Argilla knows people by UUIDs, so
    each reviewer gets one that follows from the name, and the names stand in the metadata. Rankings carry ranks from
    1; a side of a pair is a label, `first`, `second` or `tie`; an edit is a text.
    """
    return [_record(item, document) for item in items]


def from_argilla(records: Any, document: ReviewDocument, *, at: datetime) -> list[SaidRow]:
    """Read records; questions that the review does not ask are left out, and `at` is when all of it was said.

    Raises `INVALID_INPUT` for anything else than a list of records.
    """
    return [_said(number, record, document, at) for number, record in enumerate(require_list(records, "Records"))]


def user_id_of(reviewer: str) -> str:
    """Return the UUID that stands for a reviewer: version 5, of the name."""
    return str(uuid.uuid5(_NAMES, reviewer))


def _record(item: ReviewItem, document: ReviewDocument) -> dict[str, Any]:
    fields = {name: value for name, value in item.row.items() if not isinstance(value, int | float)}
    metadata: dict[str, Any] = {name: value for name, value in item.row.items() if isinstance(value, int | float)}
    reviewers = [answer.reviewer for answer in item.answers]
    responses = {
        name: [
            {"value": _outward(question, answer.values[name]), "user_id": user_id_of(answer.reviewer)}
            for answer in item.answers
            if name in answer.values
        ]
        for name, question in document.questions.items()
    }
    return {
        "id": item.row_id,
        "fields": fields,
        "metadata": metadata | ({_REVIEWERS: reviewers} if reviewers else {}),
        "suggestions": {} if item.decision is None else _decided(item.decision.values, document),
        "responses": {name: given for name, given in responses.items() if given},
        "vectors": {},
    }


def _decided(values: Mapping[str, Any], document: ReviewDocument) -> dict[str, Any]:
    """Return what the owner decided as suggestions, of which Argilla shows one beside the answers."""
    return {
        name: {"value": _outward(document.questions[name], value), "score": None, "agent": _DECISION}
        for name, value in values.items()
    }


def _said(number: int, record: dict[str, Any], document: ReviewDocument, at: datetime) -> SaidRow:
    metadata = object_at(record, "metadata")
    names = metadata.pop(_REVIEWERS, None)
    listed = cast("list[Any]", names) if isinstance(names, list) else []
    known = {user_id_of(str(name)): str(name) for name in listed}
    values: dict[str, dict[str, Any]] = {}
    responses = object_at(record, "responses")
    for name, question in document.questions.items():
        for response in objects_at(responses, name):
            user = str(response.get("user_id"))
            values.setdefault(known.get(user, user), {})[name] = _inward(name, question, response.get("value"))
    row_id = record.get("id")
    return SaidRow(
        row_id=str(number + 1) if row_id is None else str(row_id),
        row={**object_at(record, "fields"), **metadata},
        answers=[Answer(reviewer=reviewer, values=given, at=at) for reviewer, given in values.items()],
    )


def _outward(question: AnyQuestion, value: Any) -> Any:
    if isinstance(question, RankingQuestion):
        return [{"value": option, "rank": rank} for rank, option in enumerate(value, start=1)]
    return value


def _inward(name: str, question: AnyQuestion, value: Any) -> Any:
    if not isinstance(question, RankingQuestion):
        return value
    ranked = objects_at({name: value}, name)
    ranks = [each.get("rank") for each in ranked]
    if not all(isinstance(rank, int) for rank in ranks):
        raise invalid_input(f"The ranks of {name!r} are whole numbers.", field=name)
    return [each.get("value") for each in sorted(ranked, key=_rank)]


def _rank(each: Mapping[str, Any]) -> int:
    return each["rank"]
