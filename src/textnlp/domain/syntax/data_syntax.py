"""What is wrong with a document in a data format."""

import json
import re
import tomllib
from collections.abc import Iterator
from typing import Any, NoReturn

import yaml

from textnlp.domain.text_place import place_of

_DANGLING = re.compile(r"( starting)? at$")
_TOML_PLACE = re.compile(
    r"(?P<message>.*) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)", re.DOTALL
)
_yaml: Any = yaml
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's, where the wheel has it: five times as fast, and no deeper on the stack for deeper documents."""

_SHOWN_CHARACTERS = 160
TOO_DEEP = "It is nested too deeply."


def fault_at(message: str, *, line: int, column: int) -> str:
    """Return a sentence about a place in a text."""
    told = " ".join(message.split()).rstrip(".")
    shown = told if len(told) <= _SHOWN_CHARACTERS else f"{told[:_SHOWN_CHARACTERS]}…"
    return f"Line {line}, column {column}: {shown}."


def json_fault(text: str) -> str | None:
    """Return what makes a text no JSON (RFC 8259); `NaN` and `Infinity` do."""
    try:
        json.loads(text, parse_int=str, parse_float=str, parse_constant=_refuse_constant)
    except json.JSONDecodeError as exc:
        return fault_at(_DANGLING.sub("", exc.msg), line=exc.lineno, column=exc.colno)
    except ValueError as exc:
        found = text.find(str(exc))
        line, column = place_of(text, max(0, found))
        return fault_at(f"{exc} is no JSON", line=line, column=column)
    except RecursionError:
        return TOO_DEEP
    return None


def yaml_fault(text: str) -> str | None:
    """Return what makes a text no YAML, aliases of nothing included.

    Its events are read and no value is built, so that neither tags nor aliases can do anything.
    """
    anchors: set[str] = set()
    try:
        for event in _events_of(text):
            if isinstance(event, yaml.DocumentStartEvent):
                anchors = set()
            elif isinstance(event, yaml.AliasEvent) and event.anchor not in anchors:
                return _yaml_fault_at(f"there is no anchor {event.anchor!r}", event.start_mark)
            anchors.add(getattr(event, "anchor", None) or "")
    except yaml.MarkedYAMLError as exc:
        told = ", ".join(part for part in (exc.context, exc.problem) if part)
        return _yaml_fault_at(told, exc.problem_mark or exc.context_mark)
    except (yaml.YAMLError, UnicodeEncodeError) as exc:
        return f"It is no YAML: {' '.join(str(exc).split()).rstrip('.')}."
    except RecursionError:
        return TOO_DEEP
    return None


def toml_fault(text: str) -> str | None:
    """Return what makes a text no TOML (1.0)."""
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError as exc:
        found = _TOML_PLACE.fullmatch(str(exc))
        message = found["message"] if found else str(exc)
        if found and found["line"]:
            return fault_at(message, line=int(found["line"]), column=int(found["column"]))
        line, column = place_of(text, len(text))
        return fault_at(message, line=line, column=column)
    except ValueError as exc:
        return f"It is no TOML: {exc}."
    except RecursionError:
        return TOO_DEEP
    return None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _events_of(text: str) -> Iterator[Any]:
    return _yaml.parse(text, Loader=_LOADER)


def _yaml_fault_at(message: str, mark: Any) -> str:
    if mark is None:
        return fault_at(message, line=1, column=1)
    return fault_at(message, line=mark.line + 1, column=mark.column + 1)
