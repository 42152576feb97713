"""Whether an answer fits its question, and whether answers disagree."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from textnlp.domain.errors import TextNLPError, invalid_input
from textnlp.domain.review.document import ReviewDocument
from textnlp.domain.review.questions import (
    TIE,
    AnyQuestion,
    EditQuestion,
    LabelQuestion,
    MultiLabelQuestion,
    PairwiseQuestion,
    RankingQuestion,
    RatingQuestion,
    SpanQuestion,
)
from textnlp.domain.review.row_values import text_at

MAX_SPANS = 1_000
MAX_EDIT_CHARACTERS = 200_000


def checked_values(
    document: ReviewDocument, row: Mapping[str, Any], values: Mapping[str, Any], *, is_partial: bool = False
) -> dict[str, Any]:
    """Return the values of an answer in the form in which they are kept, in the order of the questions.

    `None` is no answer. Lists of labels and spans are put in order, so that equal answers are equal values. Sides of
    pairs must have been turned back before. With `is_partial` required questions may be left out. Raises
    `INVALID_INPUT`, naming the question, for what does not fit.
    """
    unknown = next((name for name in values if name not in document.questions), None)
    if unknown is not None:
        known = ", ".join(document.questions)
        raise invalid_input(f"There is no question {unknown[:100]!r}; there are {known}.", field=f"values.{unknown}")
    kept: dict[str, Any] = {}
    for name, question in document.questions.items():
        value = values.get(name)
        if value is not None:
            kept[name] = _checked(name, question, row, value)
        elif question.required and not is_partial:
            raise invalid_input(f"The question {name!r} needs an answer.", field=f"values.{name}")
    if not kept:
        raise invalid_input("An answer answers one question at least.", field="values")
    return kept


def is_same_answer(question: AnyQuestion, first: Any, second: Any) -> bool:
    """Whether two kept answers to a question agree: they are equal, or ratings within the tolerance.

    Edits agree where they differ in white space only.
    """
    if isinstance(question, RatingQuestion) and isinstance(first, int) and isinstance(second, int):
        return abs(first - second) <= question.tolerance
    return comparable(question, first) == comparable(question, second)


def comparable(question: AnyQuestion, value: Any) -> Any:
    """Return what of a kept answer is compared with others'."""
    return " ".join(value.split()) if isinstance(question, EditQuestion) and isinstance(value, str) else value


def _checked(name: str, question: AnyQuestion, row: Mapping[str, Any], value: Any) -> Any:  # noqa: PLR0911  one a kind
    match question:
        case RatingQuestion():
            return _rating(name, question, value)
        case LabelQuestion():
            return _one_of(name, value, question.labels)
        case MultiLabelQuestion():
            return _labels(name, question, value)
        case RankingQuestion():
            return _ranking(name, question, value)
        case SpanQuestion():
            return _spans(name, question, row, value)
        case EditQuestion():
            return _edit(name, value)
        case PairwiseQuestion():
            return _one_of(name, value, ["first", "second", *([TIE] if question.tie else [])])


def _rating(name: str, question: RatingQuestion, value: Any) -> int:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not question.low <= value <= question.high:
        raise _unfit(name, f"a whole number from {question.low} to {question.high}")
    return value


def _one_of(name: str, value: Any, known: Sequence[str]) -> str:
    if value not in known:
        raise _unfit(name, f"one of {', '.join(known)}")
    return value


def _labels(name: str, question: MultiLabelQuestion, value: Any) -> list[str]:
    chosen = _list_of(name, value, "a list of labels", most=len(question.labels))
    for each in chosen:
        _one_of(name, each, question.labels)
    ordered = [label for label in question.labels if label in chosen]
    if len(ordered) < question.least:
        raise _unfit(name, f"a list of {question.least} labels or more")
    return ordered


def _ranking(name: str, question: RankingQuestion, value: Any) -> list[str]:
    ranked = _list_of(name, value, "a list of options", most=len(question.options))
    if not all(isinstance(each, str) for each in ranked) or sorted(ranked) != sorted(question.options):
        raise _unfit(name, f"all of {', '.join(question.options)}, each once, the best first")
    return ranked


def _spans(name: str, question: SpanQuestion, row: Mapping[str, Any], value: Any) -> list[dict[str, Any]]:
    length = len(text_at(row, question.column) or "")
    given = _list_of(name, value, "a list of passages", most=MAX_SPANS)
    spans = [_span(name, question, length, each) for each in given]
    return sorted(spans, key=_place_of_span)


def _span(name: str, question: SpanQuestion, length: int, value: Any) -> dict[str, Any]:
    fields: dict[str, Any] = dict(cast("Mapping[str, Any]", value)) if isinstance(value, Mapping) else {}
    start, end, label = fields.pop("start", None), fields.pop("end", None), fields.pop("label", None)
    is_whole = _is_place(start) and _is_place(end) and not fields
    if not is_whole or not 0 <= start < end <= length:
        raise _unfit(name, f"objects with start, end and label, with 0 <= start < end <= {length}")
    return {"start": start, "end": end, "label": _one_of(name, label, question.labels)}


def _place_of_span(span: Mapping[str, Any]) -> tuple[int, int, str]:
    return span["start"], span["end"], span["label"]


def _is_place(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _edit(name: str, value: Any) -> str:
    if not isinstance(value, str) or len(value) > MAX_EDIT_CHARACTERS:
        raise _unfit(name, f"a text of {MAX_EDIT_CHARACTERS:,} characters at most")
    return value


def _list_of(name: str, value: Any, wanted: str, *, most: int) -> list[Any]:
    if not isinstance(value, list) or len(cast("list[Any]", value)) > most:
        raise _unfit(name, f"{wanted}, {most} at most")
    return cast("list[Any]", value)


def _unfit(name: str, wanted: str) -> TextNLPError:
    return invalid_input(f"The answer to {name!r} must be {wanted}.", field=f"values.{name}")
