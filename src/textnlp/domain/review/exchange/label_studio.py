"""Tasks of Label Studio, as its JSON export has them, and the labelling interface that goes with them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast
from xml.sax.saxutils import quoteattr

from textnlp.domain.review.document import ReviewDocument
from textnlp.domain.review.exchange.said_row import SaidRow, object_at, objects_at, require_list
from textnlp.domain.review.model import Answer, ReviewItem, Skip
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

_ROW_ID = "textnlp_id"
_SIDES = {"first": "left", "second": "right", TIE: "none"}
_COLUMNS = {side: column for column, side in _SIDES.items()}


def to_label_studio(items: Sequence[ReviewItem], document: ReviewDocument) -> list[dict[str, Any]]:
    """Return items as tasks, an annotation a reviewer and, where they skipped, one that was cancelled.

    The controls of `labelling_interface` are named like the questions. A tie of a pair is the selection `none`.
    """
    return [_task(item, document) for item in items]


def from_label_studio(tasks: Any, document: ReviewDocument, *, at: datetime) -> list[SaidRow]:
    """Read tasks; results of controls that are no questions are left out, and so are drafts and predictions.

    An annotation without a time of its own was made at `at`. Raises `INVALID_INPUT` for anything else than a list of
    tasks.
    """
    return [_said(number, task, document, at) for number, task in enumerate(require_list(tasks, "Tasks"))]


def labelling_interface(document: ReviewDocument, columns: Sequence[str]) -> str:
    """Return the XML with which Label Studio shows these columns and asks the questions of a review."""
    lines = ["<View>"]
    for column in columns:
        lines += [f"  <Header value={quoteattr(column)}/>", f"  <Text name={_text(column)} value={_variable(column)}/>"]
    target = columns[0] if columns else "text"
    for name, question in document.questions.items():
        lines.append(f"  <Header value={quoteattr(question.title or name)}/>")
        lines += [f"  {line}" for line in _controls(name, question, target)]
    return "\n".join([*lines, "</View>", ""])


def _task(item: ReviewItem, document: ReviewDocument) -> dict[str, Any]:
    annotations = [
        {
            "completed_by": {"email": answer.reviewer},
            "created_at": answer.at.isoformat(),
            "lead_time": answer.seconds,
            "was_cancelled": False,
            "result": [
                result
                for name, question in document.questions.items()
                if name in answer.values
                for result in _results(name, question, item, answer.values[name])
            ],
        }
        for answer in item.answers
    ]
    skipped: list[dict[str, Any]] = [
        {
            "completed_by": {"email": skip.reviewer},
            "created_at": skip.at.isoformat(),
            "was_cancelled": True,
            "result": [],
        }
        for skip in item.skips
    ]
    return {"id": item.position + 1, "data": {**item.row, _ROW_ID: item.row_id}, "annotations": annotations + skipped}


def _said(number: int, task: dict[str, Any], document: ReviewDocument, at: datetime) -> SaidRow:
    row = dict(object_at(task, "data"))
    row_id = row.pop(_ROW_ID, task.get("id"))
    answers: list[Answer] = []
    skips: list[Skip] = []
    for annotation in objects_at(task, "annotations"):
        reviewer, moment = _person(annotation.get("completed_by")), _moment(annotation.get("created_at"), at)
        if annotation.get("was_cancelled"):
            skips.append(Skip(reviewer=reviewer, at=moment))
            continue
        seconds = annotation.get("lead_time")
        answers.append(
            Answer(
                reviewer=reviewer,
                values=_values(objects_at(annotation, "result"), document),
                at=moment,
                seconds=float(seconds) if isinstance(seconds, int | float) else None,
            )
        )
    return SaidRow(row_id=str(number + 1) if row_id is None else str(row_id), row=row, answers=answers, skips=skips)


def _results(name: str, question: AnyQuestion, item: ReviewItem, value: Any) -> list[dict[str, Any]]:  # noqa: PLR0911  one a kind
    control = {"from_name": name, "to_name": next(iter(item.row), "text")}
    match question:
        case SpanQuestion():
            text = item.row.get(question.column)
            on = {**control, "to_name": question.column, "type": "labels"}
            return [{**on, "value": {**_place(span, text), "labels": [span["label"]]}} for span in value]
        case RatingQuestion():
            return [{**control, "type": "rating", "value": {"rating": value}}]
        case LabelQuestion():
            return [{**control, "type": "choices", "value": {"choices": [value]}}]
        case MultiLabelQuestion():
            return [{**control, "type": "choices", "value": {"choices": value}}]
        case RankingQuestion():
            return [{**control, "type": "ranker", "value": {"ranker": value}}]
        case EditQuestion():
            return [{**control, "type": "textarea", "value": {"text": [value]}}]
        case PairwiseQuestion():
            return [{**control, "type": "pairwise", "value": {"selected": _SIDES[value]}}]


def _place(span: Mapping[str, Any], text: Any) -> dict[str, Any]:
    place = {"start": span["start"], "end": span["end"]}
    return {**place, "text": text[span["start"] : span["end"]]} if isinstance(text, str) else place


def _values(results: list[dict[str, Any]], document: ReviewDocument) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, question in document.questions.items():
        found = [object_at(result, "value") for result in results if result.get("from_name") == name]
        if isinstance(question, SpanQuestion):
            # Label Studio writes nothing for a text without spans, which is an answer all the same.
            values[name] = [_span(value) for value in found]
        elif found:
            values[name] = _value(question, found[-1])
        elif isinstance(question, MultiLabelQuestion):
            values[name] = []
    return values


def _span(value: Mapping[str, Any]) -> dict[str, Any]:
    return {"start": value.get("start"), "end": value.get("end"), "label": _first(value.get("labels"))}


def _value(question: AnyQuestion, value: Mapping[str, Any]) -> Any:
    match question:
        case RatingQuestion():
            return value.get("rating")
        case LabelQuestion():
            return _first(value.get("choices"))
        case MultiLabelQuestion():
            return value.get("choices")
        case RankingQuestion():
            return value.get("ranker")
        case PairwiseQuestion():
            return _COLUMNS.get(str(value.get("selected")), value.get("selected"))
        case _:
            return _first(value.get("text"))


def _first(values: Any) -> Any:
    listed: list[Any] = cast("list[Any]", values) if isinstance(values, list) else [values]
    return listed[0] if listed else None


def _person(completed_by: Any) -> str:
    if isinstance(completed_by, dict):
        known = cast("dict[str, Any]", completed_by)
        return str(known.get("email") or known.get("username") or known.get("id") or "unknown")
    return "unknown" if completed_by is None else str(completed_by)


def _moment(text: Any, otherwise: datetime) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return otherwise
    return moment if moment.tzinfo else moment.replace(tzinfo=otherwise.tzinfo)


def _controls(name: str, question: AnyQuestion, target: str) -> list[str]:  # noqa: PLR0911  one a kind
    named = f"name={quoteattr(name)}"
    on = f"{named} toName={_text(target)}"
    match question:
        case RatingQuestion():
            return [f'<Rating {on} maxRating="{question.high}"/>']
        case LabelQuestion():
            return [f'<Choices {on} choice="single">', *_choices("Choice", question.labels), "</Choices>"]
        case MultiLabelQuestion():
            return [f'<Choices {on} choice="multiple">', *_choices("Choice", question.labels), "</Choices>"]
        case SpanQuestion():
            on_column = f"{named} toName={_text(question.column)}"
            return [f"<Labels {on_column}>", *_choices("Label", question.labels), "</Labels>"]
        case RankingQuestion():
            return [f"<Ranker {on}/>"]
        case EditQuestion():
            on_column = f"{named} toName={_text(question.column)}"
            return [f'<TextArea {on_column} value={_variable(question.column)} maxSubmissions="1"/>']
        case PairwiseQuestion():
            return [f"<Pairwise {named} toName={quoteattr(f'{question.first},{question.second}')}/>"]


def _choices(tag: str, labels: Sequence[str]) -> list[str]:
    return [f"  <{tag} value={quoteattr(label)}/>" for label in labels]


def _text(column: str) -> str:
    return quoteattr(column)


def _variable(column: str) -> str:
    return quoteattr(f"${column}")
