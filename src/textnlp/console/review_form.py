"""The questions of a review as fields of a form, and what was filled in as an answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from textnlp.domain.review.document import ReviewDocument
from textnlp.domain.review.questions import (
    AnyQuestion,
    EditQuestion,
    LabelQuestion,
    MultiLabelQuestion,
    PairwiseQuestion,
    RankingQuestion,
    RatingQuestion,
    SpanQuestion,
)
from textnlp.domain.review.row_values import text_at, value_at
from textnlp.domain.review.typed_values import typed_value

PREFIX = "values."
"""What the names of the fields begin with; the question's name follows."""

_KEYS = "123456789"
_SIDES = {"left": "Left", "right": "Right", "first": "First", "second": "Second", "tie": "As good as each other"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Something that may be said.

    Attributes:
        key: the digit that chooses it; empty for none.
    """

    value: str
    label: str
    key: str = ""
    is_chosen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionField:
    """A question as a part of a form.

    Attributes:
        field: the name of its field.
        text: what passages are marked in, or how it reads before it is edited.
        given: what is filled in already, as a text; of passages, JSON.
        ranked: of a ranking, the option that stands at each rank; empty for none.
    """

    name: str
    kind: str
    field: str
    title: str
    description: str
    is_required: bool
    choices: tuple[Choice, ...] = ()
    text: str = ""
    given: str = ""
    ranked: tuple[str, ...] = ()


def question_fields(
    document: ReviewDocument,
    row: Mapping[str, Any],
    given: Mapping[str, Any],
    *,
    sides: Sequence[str] = ("left", "right"),
) -> list[QuestionField]:
    """Return the fields of all questions about a row, filled in with values that were given before.

    `sides` are what the texts of pairs are called: those that a reviewer saw, or `first` and `second` for an owner.
    """
    return [
        QuestionField(
            name=name,
            kind=question.kind,
            field=f"{PREFIX}{name}",
            title=question.title or name.replace("_", " ").capitalize(),
            description=question.description,
            is_required=question.required,
            **_parts(question, row, given.get(name), sides),
        )
        for name, question in document.questions.items()
    ]


def read_answer(document: ReviewDocument, fields: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Return what was filled in by question; what was left blank is not there.

    A question that asks for a list and needs an answer is answered by none where nothing was chosen. Raises
    `INVALID_INPUT` for what cannot be read; whether an answer fits is decided elsewhere.
    """
    found: dict[str, Any] = {}
    for name, question in document.questions.items():
        given = [value.replace("\r\n", "\n") for value in fields.get(f"{PREFIX}{name}", ())]
        value = _value(name, question, given)
        if value is not None:
            found[name] = value
    return found


def shown_columns(document: ReviewDocument, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns that no question shows by itself."""
    asked = {
        question.column for question in document.questions.values() if isinstance(question, SpanQuestion | EditQuestion)
    }
    return {name: value for name, value in row.items() if name not in asked}


def _parts(question: AnyQuestion, row: Mapping[str, Any], given: Any, sides: Sequence[str]) -> dict[str, Any]:  # noqa: PLR0911  one a kind
    match question:
        case RatingQuestion():
            marks = [str(mark) for mark in range(question.low, question.high + 1)]
            keys = marks if all(mark in _KEYS for mark in marks) else list(_KEYS)
            return {"choices": _choices([(mark, mark) for mark in marks], keys, {str(given)})}
        case LabelQuestion():
            return {"choices": _choices([(label, label) for label in question.labels], list(_KEYS), {given})}
        case MultiLabelQuestion():
            chosen: set[Any] = set(given or ())
            return {"choices": _choices([(label, label) for label in question.labels], list(_KEYS), chosen)}
        case PairwiseQuestion():
            known = [*sides, *(["tie"] if question.tie else [])]
            return {"choices": _choices([(side, _SIDES[side]) for side in known], list(_KEYS), {given})}
        case RankingQuestion():
            options = _choices([(option, option) for option in question.options], [], set())
            return {"choices": options, "ranked": tuple(given or [""] * len(question.options))}
        case SpanQuestion():
            spans = msgspec.json.encode(given).decode() if given else ""
            labels = _choices([(label, label) for label in question.labels], list(_KEYS), set())
            return {"choices": labels, "text": text_at(row, question.column) or "", "given": spans}
        case EditQuestion():
            text = text_at(row, question.column) or ""
            return {"text": text, "given": given if isinstance(given, str) else text}


def _choices(known: Sequence[tuple[str, str]], keys: Sequence[str], chosen: set[Any]) -> tuple[Choice, ...]:
    return tuple(
        Choice(value=value, label=label, key=keys[place] if place < len(keys) else "", is_chosen=value in chosen)
        for place, (value, label) in enumerate(known)
    )


def _value(name: str, question: AnyQuestion, given: Sequence[str]) -> Any:
    filled = [value for value in given if value.strip()]
    nothing: list[Any] | None = [] if question.required else None
    match question:
        case MultiLabelQuestion():
            return list(filled) or nothing
        case RankingQuestion():
            return list(filled) or None
        case SpanQuestion():
            spans = typed_value(name, question.model_dump(mode="json"), filled[0]) if filled else None
            return spans or nothing
        case EditQuestion():
            return given[0] if given else None
        case _:
            return typed_value(name, question.model_dump(mode="json"), filled[0]) if filled else None


def pair_texts(document: ReviewDocument, row: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Return the two texts of every pairwise question, the first one first, for an owner."""
    return {
        name: (value_at(row, question.first), value_at(row, question.second))
        for name, question in document.questions.items()
        if isinstance(question, PairwiseQuestion)
    }
