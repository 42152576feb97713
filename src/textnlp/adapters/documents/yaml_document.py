"""A YAML document that people write, read so that everything wrong with it has a place."""

import copy
import difflib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, TypeVar, Union, cast, get_args, get_origin

import yaml
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError

MAX_BYTES = 1 << 20
_DEEPEST = 20
_EXTRA = "extra_forbidden"
_MISSING = "missing"
_NO_MEMBER = "union_tag_invalid"
_DISCRIMINATOR = "kind"
_UNIONS = (Union, UnionType)
_PART = re.compile(r"\[(\d+)\]|([^.\[\]]+)")
_CLOSE_ENOUGH = 0.6

Place = tuple[str | int, ...]
"""Keys and positions, from the outermost inwards."""

Document = TypeVar("Document", bound=BaseModel)


class YamlDocument:
    """A YAML document, of a file or a text.

    Raises `NOT_FOUND` where the file cannot be read, `TOO_LARGE` above `MAX_BYTES`, and `INVALID_INPUT` with line and
    column for what is no YAML or is nested too deeply, for a key that stands twice, and for references to anchors,
    which can unfold without bound.

    Args:
        source: the file; with `text`, what messages call the text.
        text: the document, where it is in no file.
    """

    def __init__(self, source: Path | str, *, text: str | None = None) -> None:
        self._source = source
        self._marks: dict[tuple[str, ...], yaml.Mark] = {}
        self._origins: Mapping[tuple[str, ...], str] = {}
        content = _content(Path(source)) if text is None else text.encode()
        if len(content) > MAX_BYTES:
            raise TextNLPError(f"{source} is larger than {MAX_BYTES:,} bytes.", kind=ErrorKind.TOO_LARGE)
        try:
            self._value = self._read(content)
        except (yaml.MarkedYAMLError, yaml.reader.ReaderError) as exc:
            mark = exc.problem_mark if isinstance(exc, yaml.MarkedYAMLError) else None
            raise self._refused(f"This is no YAML: {_told(exc)}.", mark) from exc

    @property
    def value(self) -> Any:
        """What was read; an empty document is an empty mapping."""
        return self._value

    def replaced(self, value: object, *, origins: Mapping[Place, str]) -> "YamlDocument":
        """Return the document with another value; what is wrong at or within a place of `origins` is told by its name.

        All other places keep the line and column at which they stand in this document.
        """
        other = copy.copy(self)
        other._value = value  # noqa: SLF001  a copy of its own
        other._origins = {tuple(map(str, place)): name for place, name in origins.items()}  # noqa: SLF001  as above
        return other

    def validated(self, shape: type[Document]) -> Document:
        """Return the document in its shape; raise `INVALID_INPUT` at the first place that does not fit.

        A key that is not known comes before one that is missing, which is often the same one, misspelt.
        """
        try:
            return shape.model_validate(self._value)
        except ValidationError as exc:
            errors = exc.errors(include_url=False, include_input=False)
            first = next((error for error in errors if error["type"] == _EXTRA), errors[0])
            location: Place = first["loc"]
            message = f"{first['msg'][:1].lower()}{first['msg'][1:]}".removeprefix("value error, ")
            if first["type"] == _EXTRA:
                message = unknown_key(str(location[-1]), keys_at(shape, location[:-1]))
            elif first["type"] == _NO_MEMBER:
                context: Mapping[str, str] = first.get("ctx", {})
                message = unknown_key(
                    context.get("tag", ""), context.get("expected_tags", "").replace("'", "").split(", ")
                )
                location = (*location, _DISCRIMINATOR)
            raise self.refusal(message, self._place_of(location, is_missing=first["type"] == _MISSING)) from exc

    def refusal(self, message: str, place: Place) -> TextNLPError:
        """Make the error for what stands at `place`, or where it is missing for what it is missing from."""
        path = written(place)
        keys = tuple(map(str, place))
        origin = next((self._origins[keys[:end]] for end in range(len(keys) + 1) if keys[:end] in self._origins), None)
        if origin is not None:
            told = message if origin.endswith(f" {path}") else f"{path}: {message}"
            facts = ErrorFacts(field=path)
            return TextNLPError(f"{origin}: {_sentence(told)}", kind=ErrorKind.INVALID_INPUT, facts=facts)
        mark = next((self._marks[keys[:end]] for end in range(len(keys), -1, -1) if keys[:end] in self._marks), None)
        return self._refused(f"{path}: {message}" if path else message, mark, field=path or None)

    def _place_of(self, location: Place, *, is_missing: bool) -> Place:
        """Return a location without the names of union members, which stand in no document."""
        found: Any = self._value
        place: list[str | int] = []
        for number, part in enumerate(location, 1):
            is_last = number == len(location)
            members: Mapping[Any, Any] = cast("Mapping[Any, Any]", found) if isinstance(found, Mapping) else {}
            key: Any = next((key for key in members if str(key) == str(part)), None)
            if key is not None:
                found = members[key]
            elif isinstance(found, list) and isinstance(part, int):
                found = cast("list[Any]", found)[part]
            elif not (is_last and is_missing):
                continue
            place.append(part)
        return tuple(place)

    def _read(self, content: bytes) -> object:
        library: Any = yaml
        depth = 0
        for event in library.parse(content, Loader=yaml.SafeLoader):
            if isinstance(event, yaml.AliasEvent):
                raise self._refused("References to anchors are not taken here.", event.start_mark)
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > _DEEPEST:
                raise self._refused("This is nested too deeply.", event.start_mark)
        root: yaml.Node | None = library.compose(content, Loader=yaml.SafeLoader)
        if root is None:
            return {}
        self._mark(root, ())
        return yaml.safe_load(content)

    def _mark(self, node: yaml.Node, place: Place) -> None:
        """Note where the parts of the document stand: a value at its key."""
        self._marks.setdefault(tuple(map(str, place)), node.start_mark)
        if isinstance(node, yaml.MappingNode):
            for key, value in cast("list[tuple[yaml.Node, yaml.Node]]", node.value):
                inner = (*place, str(key.value))
                if tuple(map(str, inner)) in self._marks:
                    raise self._refused(f"{written(inner)} stands here twice.", key.start_mark, field=written(inner))
                self._marks[tuple(map(str, inner))] = key.start_mark
                self._mark(value, inner)
        elif isinstance(node, yaml.SequenceNode):
            for index, item in enumerate(cast("list[yaml.Node]", node.value)):
                self._mark(item, (*place, index))

    def _refused(self, message: str, mark: yaml.Mark | None, *, field: str | None = None) -> TextNLPError:
        line, column = (None, None) if mark is None else (mark.line + 1, mark.column + 1)
        where = str(self._source) if mark is None else f"{self._source}:{line}:{column}"
        return TextNLPError(
            f"{where}: {_sentence(message)}",
            kind=ErrorKind.INVALID_INPUT,
            facts=ErrorFacts(field=field, line=line, column=column),
        )


def written(place: Place) -> str:
    """Write a place as people read it, such as `models.chat.fallback[1]`."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place).removeprefix(".")


def place_of(path: str) -> Place:
    """Read a place as `written` writes it."""
    return tuple(int(index) if index else name for index, name in _PART.findall(path))


def unknown_key(key: str, known: Sequence[str]) -> str:
    """Say that a key is not known, and which is near it, or all that are."""
    close = difflib.get_close_matches(key, known, n=1, cutoff=_CLOSE_ENOUGH)
    if close:
        return f"{key!r} is not known here; did you mean {close[0]!r}?"
    return f"{key!r} is not known here; known are {', '.join(known)}"


def keys_at(shape: type[BaseModel], place: Place) -> list[str]:
    """Return the keys that are known at a place within a shape; the place names the members of unions."""
    found: object = shape
    for part in place:
        found = _within(_plain(found), part)
    return sorted(_fields(_member(_plain(found))))


def _within(found: object, part: str | int) -> object:
    """Return the shape of a part of a shape; for the name of a union's member it is that member."""
    if get_origin(found) in _UNIONS:
        named = [one for one in get_args(found) if str(part) in _kinds(one)]
        if named:
            return named[0]
        found = _member(found)
    fields = _fields(found)
    if fields:
        return fields[str(part)].annotation if str(part) in fields else found
    return next(reversed(get_args(found)), None)


def _plain(shape: object) -> object:
    """Take what annotates a shape off it."""
    while get_origin(shape) is Annotated:
        shape = get_args(shape)[0]
    return shape


def _member(shape: object) -> object:
    """Return the first member of a union that is not None, anything else as it is."""
    if get_origin(shape) not in _UNIONS:
        return shape
    return _plain(next(one for one in get_args(shape) if one is not NoneType))


def _kinds(shape: object) -> Sequence[object]:
    """Return the values by which a member of a union is told from the others."""
    kind = _fields(shape).get(_DISCRIMINATOR)
    return () if kind is None else get_args(kind.annotation)


def _fields(shape: object) -> Mapping[str, FieldInfo]:
    if not (isinstance(shape, type) and issubclass(shape, BaseModel)):
        return {}
    return {field.alias or name: field for name, field in shape.model_fields.items()}


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as exc:
        raise TextNLPError(f"{path} cannot be read: {exc.strerror or exc}.", kind=ErrorKind.NOT_FOUND) from exc


def _sentence(message: str) -> str:
    return message if message.endswith((".", "?")) else f"{message}."


def _told(exc: Exception) -> str:
    told = exc.problem if isinstance(exc, yaml.MarkedYAMLError) else str(exc)
    return " ".join((told or "it cannot be read").split()).rstrip(".")
