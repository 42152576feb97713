"""Answers to questions of a review, as they are typed."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, cast

import msgspec

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError, invalid_input

Question = Mapping[str, Any]
"""A question as JSON, told by its `kind`."""

_SPAN = re.compile(r"\s*(\d{1,9})-(\d{1,9}):(.+)")
_LISTS = frozenset({"multi_label", "ranking"})


def typed_values(texts: Iterable[str], questions: Mapping[str, Question]) -> dict[str, Any]:
    """Return `NAME=VALUE` texts as values by question.

    A rating is a number, several labels and a ranking have commas between, passages are `START-END:LABEL` with
    semicolons between, and anything that begins with `[` or `{` is JSON. Raises `INVALID_INPUT` for what is none.
    """
    values: dict[str, Any] = {}
    for text in texts:
        name, separator, value = text.partition("=")
        if not separator or name not in questions:
            raise TextNLPError(
                f"{text!r} answers no question.",
                kind=ErrorKind.INVALID_INPUT,
                facts=ErrorFacts(hint=f"Write NAME=VALUE; the questions are {', '.join(questions)}."),
            )
        values[name] = typed_value(name, questions[name], value)
    return values


def typed_value(name: str, question: Question, text: str) -> Any:
    """Return the value that a text means as the answer to a question."""
    kind = question["kind"]
    if kind != "edit" and text.lstrip()[:1] in {"[", "{"}:
        try:
            return msgspec.json.decode(text)
        except msgspec.DecodeError as exc:
            raise invalid_input(f"The answer to {name!r} is no JSON: {exc}.", field=name) from exc
    if kind == "rating":
        return _number(name, text)
    if kind in _LISTS:
        return [each.strip() for each in text.split(",") if each.strip()]
    if kind == "span":
        return [_span(name, each) for each in text.split(";") if each.strip()]
    return text if kind == "edit" else text.strip()


def choices_of(question: Question) -> list[str]:
    """Return what may be said in one word, in the order of the keys 1, 2, 3…; nothing where that is not so."""
    match question["kind"]:
        case "rating":
            low, high = question.get("low", 1), question.get("high", 5)
            return [str(mark) for mark in range(low, high + 1)]
        case "label":
            return list(cast("list[str]", question["labels"]))
        case "pairwise":
            return ["left", "right", *(["tie"] if question.get("tie", True) else [])]
        case _:
            return []


def told(question: Question) -> str:
    """Return how an answer is typed, for people."""
    match question["kind"]:
        case "multi_label":
            return f"any of {', '.join(question['labels'])}, with commas between"
        case "ranking":
            return f"{', '.join(question['options'])}, the best first, with commas between"
        case "span":
            return f"START-END:LABEL with semicolons between; labels {', '.join(question['labels'])}"
        case "edit":
            return f"how {question['column']} should read"
        case _:
            return ", ".join(choices_of(question))


def _number(name: str, text: str) -> int:
    try:
        return int(text)
    except ValueError as exc:
        raise invalid_input(f"The answer to {name!r} is a whole number, not {text[:50]!r}.", field=name) from exc


def _span(name: str, text: str) -> dict[str, Any]:
    match = _SPAN.fullmatch(text)
    if match is None:
        raise invalid_input(f"A passage of {name!r} is START-END:LABEL, not {text[:50]!r}.", field=name)
    return {"start": int(match[1]), "end": int(match[2]), "label": match[3].strip()}
