"""Finding the JSON in what a model wrote."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from textnlp.domain.errors import ErrorKind, TextNLPError

_MAX_MENDED_CHARACTERS = 1 << 20
_MAX_CANDIDATES = 50

# A string or comment that is not closed reaches to the end: were it passed over, each further quote in it would be
# followed to the end, too, and a long answer would take the square of its length.
_DOUBLE_QUOTED = r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)'
_SINGLE_QUOTED = r"'(?:[^'\\]|\\.)*+(?:'|\\?\Z)"
_COMMENT = r"//[^\n]*|/\*.*?(?:\*/|\Z)"
_THOUGHT, _THOUGHT_END = "<think>", "</think>"
_FENCE = re.compile(r"```[A-Za-z0-9_+-]*[ \t]*\n?(.*?)```", re.DOTALL)
_OPENING = re.compile(r"[{\[]")
_STRUCTURE = re.compile(_DOUBLE_QUOTED + r"|[{}\[\]]", re.DOTALL)
_MENDABLE = re.compile(
    rf"{_DOUBLE_QUOTED}|{_SINGLE_QUOTED}|{_COMMENT}|\b(?:True|False|None)\b",
    re.DOTALL,
)
_TRAILING_COMMA = re.compile(_DOUBLE_QUOTED + r"|,(?=\s*[}\]])", re.DOTALL)
_END_OF_STRING = re.compile(r"(?<!\\)(?:\\\\)*[\"']\Z")
_CONTROL = re.compile(r"[\x00-\x1f]")
_PYTHON_WORDS = {"True": "true", "False": "false", "None": "null"}
_DEEPEST = "it is nested too deeply"


def find_json(text: str) -> Any:
    """Return the JSON value in a model's answer, decoded.

    The answer may be the value alone, or hold it in a code fence or between sentences; thoughts in `<think>` are left
    out. What models get wrong is mended: trailing commas, comments, single quotes, Python's `True`, `False` and
    `None`, and line breaks inside strings. Nothing is added to an answer that was cut off.

    Raises `SCHEMA_MISMATCH` when there is no JSON in it.
    """
    spoken = _without_thoughts(text).strip().removeprefix("\ufeff")
    why = "it is empty"
    for candidate in _candidates(spoken):
        try:
            return _decoded(candidate)
        except ValueError as exc:
            why = str(exc)
    raise TextNLPError(f"The answer holds no JSON: {why}.", kind=ErrorKind.SCHEMA_MISMATCH)


def _without_thoughts(text: str) -> str:
    kept: list[str] = []
    place = 0
    while (start := text.find(_THOUGHT, place)) >= 0 and (end := text.find(_THOUGHT_END, start)) >= 0:
        kept.append(text[place:start])
        place = end + len(_THOUGHT_END)
    return "".join([*kept, text[place:]])


def _candidates(text: str) -> Iterator[str]:
    if not text:
        return
    yield text
    for number, fence in enumerate(_FENCE.finditer(text)):
        if number == _MAX_CANDIDATES:
            break
        yield fence.group(1).strip()
    start = 0
    for _ in range(_MAX_CANDIDATES):
        opening = _OPENING.search(text, start)
        if opening is None:
            return
        end = _end_of_value(text, opening.start())
        if end is not None:
            yield text[opening.start() : end]
        start = opening.end()


def _end_of_value(text: str, start: int) -> int | None:
    """Return where the bracket at `start` is closed, brackets inside strings aside."""
    depth = 0
    for token in _STRUCTURE.finditer(text, start):
        mark = token.group()
        if mark in "{[":
            depth += 1
        elif mark in "}]":
            depth -= 1
            if depth == 0:
                return token.end()
    return None


def _decoded(text: str) -> Any:
    """Decode strictly, then mended; raise `ValueError` with the strict decoder's reason."""
    try:
        return msgspec.json.decode(text)
    except RecursionError as exc:
        raise ValueError(_DEEPEST) from exc
    except (msgspec.MsgspecError, UnicodeEncodeError) as strict:
        if len(text) > _MAX_MENDED_CHARACTERS:
            raise ValueError(str(strict)) from strict
        try:
            return msgspec.json.decode(_mended(text))
        except (msgspec.MsgspecError, UnicodeEncodeError, RecursionError):
            raise ValueError(str(strict)) from strict


def _mended(text: str) -> str:
    return _TRAILING_COMMA.sub(_without_comma, _MENDABLE.sub(_mend, text))


def _without_comma(found: re.Match[str]) -> str:
    return "" if found.group() == "," else found.group()


def _mend(found: re.Match[str]) -> str:
    token = found.group()
    if token.startswith("//") or (token.startswith("/*") and token.endswith("*/")):
        return " "
    if token[0] == "/" or (token[0] in "\"'" and not _is_closed(token)):
        return token
    if token[0] not in "\"'":
        return _PYTHON_WORDS[token]
    inside = token[1:-1]
    if token[0] == "'":
        inside = re.sub(r'(?<!\\)"', r"\"", inside.replace("\\'", "'"))
    return '"' + _CONTROL.sub(_escaped, inside) + '"'


def _is_closed(token: str) -> bool:
    return len(token) > 1 and token[0] == token[-1] and _END_OF_STRING.search(token) is not None


def _escaped(found: re.Match[str]) -> str:
    return f"\\u{ord(found.group()):04x}"
