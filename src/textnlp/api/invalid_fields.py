"""Tells the author of a document which field is wrong, and what was probably meant."""

import difflib
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import msgspec

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError

_PLACE = re.compile(r" - at (?:`?key`? in )?`\$\.?([^`]*)`$")
_UNKNOWN = re.compile(r"^Object contains unknown field `(.*)`$", re.DOTALL)
_MISSING = re.compile(r"^Object missing required field `(.*)`$", re.DOTALL)
_BYTE = re.compile(r" \(byte (\d+)\)$")
_SHOWN_CHARACTERS = 80


def invalid_field(exc: msgspec.ValidationError, *, shape: Any) -> TextNLPError:
    """Turn msgspec's refusal of a document of type `shape` into `INVALID_INPUT` that names the field."""
    text = str(exc)
    place = _PLACE.search(text)
    sentence, field = (text[: place.start()], place.group(1)) if place else (text, "")
    unknown, missing = _UNKNOWN.match(sentence), _MISSING.match(sentence)
    if unknown:
        return _unknown_field(_joined(field, unknown.group(1)[:_SHOWN_CHARACTERS]), shape=shape)
    if missing:
        field = _joined(field, missing.group(1))
        return _invalid(f"{field} is missing.", field=field)
    return _invalid(f"{field or 'The document'}: {_lowered(sentence)}.", field=field or None)


def invalid_json(exc: Exception, body: bytes) -> TextNLPError:
    """Turn a decoder's refusal of `body` into `INVALID_INPUT` with line and column, for JSON that is none."""
    text = str(exc)
    place = _BYTE.search(text)
    before = body[: int(place.group(1))] if place else body
    line = before.count(b"\n") + 1
    column = len(before) - (before.rfind(b"\n") + 1) + 1
    reason = "nested too deeply" if isinstance(exc, RecursionError) else _lowered(_BYTE.sub("", text))
    return TextNLPError(
        f"The body is not JSON that can be read: {reason.removeprefix('JSON is malformed: ')}.",
        kind=ErrorKind.INVALID_INPUT,
        facts=ErrorFacts(hint="Send one JSON object in UTF-8.", line=line, column=column),
    )


@cache
def known_fields(shape: Any) -> tuple[str, ...]:
    """List the fields of a struct and of the structs in it, as dotted paths."""
    return tuple(_fields(msgspec.inspect.type_info(shape), ""))


def _unknown_field(field: str, *, shape: Any) -> TextNLPError:
    known = known_fields(shape)
    by_name = {path.rpartition(".")[2]: path for path in reversed(known)}
    nearest = difflib.get_close_matches(field.rpartition(".")[2], by_name, n=1)
    hint = f"Did you mean {by_name[nearest[0]]}?" if nearest else f"Known are {', '.join(known)}."
    return _invalid(f"There is no field {field!r}.", field=field, hint=hint)


def _fields(kind: Any, prefix: str) -> Iterator[str]:
    if isinstance(kind, msgspec.inspect.UnionType):
        for member in kind.types:
            yield from _fields(member, prefix)
    elif isinstance(kind, msgspec.inspect.ListType):
        yield from _fields(kind.item_type, f"{prefix}[]")
    elif isinstance(kind, msgspec.inspect.StructType):
        for field in kind.fields:
            path = _joined(prefix, field.encode_name)
            yield path
            yield from _fields(field.type, path)


def _joined(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name


def _lowered(sentence: str) -> str:
    plain = sentence.replace("`", "").rstrip(".")
    return plain[:1].lower() + plain[1:] if not plain.startswith("JSON") else plain


def _invalid(message: str, *, field: str | None, hint: str | None = None) -> TextNLPError:
    return TextNLPError(message, kind=ErrorKind.INVALID_INPUT, facts=ErrorFacts(field=field, hint=hint))
