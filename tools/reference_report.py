"""The page of `report.json` and of what `textnlp dataset diff --json` prints, read from their classes."""

import types
from collections.abc import Iterator
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
from tools.markdown import escaped, table

from textnlp.api.docstrings import attribute_meanings, summary
from textnlp.domain.reports.dataset_diff import DatasetDiff
from textnlp.domain.reports.model import QualityReport


def report_page() -> str:
    """Return the page that lists every field with its type and meaning."""
    lines = [
        "# Reports",
        "",
        "`report.json` lies beside every version of a dataset, and says what `report.html` shows: a `QualityReport`.",
        "`textnlp dataset diff --json` prints a `DatasetDiff`. Readers should bear with fields that they do not know.",
        "",
    ]
    shown: dict[type, None] = {}
    for root in (QualityReport, DatasetDiff):
        shown |= dict.fromkeys(_reachable(root))
    for kind in shown:
        lines += _section(kind)
    return "\n".join(lines)


def _section(kind: type) -> list[str]:
    meanings = attribute_meanings(kind.__doc__ or "")
    rows = [
        [f"`{name}`", escaped(_type_text(hint)), escaped(meanings.get(name, ""))]
        for name, hint in get_type_hints(kind).items()
    ]
    first = summary(kind.__doc__ or "").partition("\n\n")[0]
    return [f"## {kind.__name__}", "", first, "", *table(["field", "type", "meaning"], rows), ""]


def _reachable(kind: type, seen: frozenset[type] = frozenset()) -> Iterator[type]:
    if kind in seen:
        return
    yield kind
    for hint in get_type_hints(kind).values():
        for inner in _structs(hint):
            yield from _reachable(inner, seen | {kind})


def _structs(hint: Any) -> Iterator[type]:
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        yield hint
    for inner in get_args(hint):
        yield from _structs(inner)


def _type_text(hint: Any) -> str:
    origin, inner = get_origin(hint), get_args(hint)
    if origin in {Union, types.UnionType}:
        return " or ".join(_type_text(each) for each in inner)
    if origin is Literal:
        return " or ".join(f"`{each}`" for each in inner)
    if origin is list:
        return f"list of {_type_text(inner[0])}"
    if origin is dict:
        return f"object of {_type_text(inner[1])}"
    names = {str: "text", int: "whole number", float: "number", bool: "true or false", type(None): "null"}
    return names.get(hint) or hint.__name__
