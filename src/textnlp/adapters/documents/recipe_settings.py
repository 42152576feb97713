"""Values that are set in a recipe from outside of its file."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from textnlp.adapters.documents.yaml_document import Place, YamlDocument, keys_at, place_of, unknown_key, written
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.recipes.recipe import Recipe
from textnlp.domain.recipes.seeds import BLOB_SCHEME

SETTINGS = "settings"
_FILE_PLACES = (("seeds", "path"), ("columns", None, "file"))
"""Where a recipe names a file; None stands for any name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeSetting:
    """A short name that a recipe gives to one of its values.

    Attributes:
        place: what it stands for, such as `seeds.path`.
        default: the value in the recipe, None where there is none.
    """

    name: str
    place: str
    default: Any


def settings_of(document: YamlDocument) -> list[RecipeSetting]:
    """Return the short names of a recipe's `settings`; raises `INVALID_INPUT` with the place for what is no path."""
    value = document.value
    named: Any = cast("dict[str, Any]", value).get(SETTINGS) if isinstance(value, dict) else None
    if named is None:
        return []
    if not isinstance(named, dict):
        raise document.refusal("this is a mapping of short names to paths", (SETTINGS,))
    found: list[RecipeSetting] = []
    for name, place in cast("dict[Any, Any]", named).items():
        if name in Recipe.model_fields:
            raise document.refusal("this is the name of a part of every recipe", (SETTINGS, name))
        if not isinstance(place, str) or place_of(place)[:1] == () or written(place_of(place)) != place:
            raise document.refusal("this is no path, such as seeds.path", (SETTINGS, name))
        if place_of(place)[0] not in Recipe.model_fields:
            raise document.refusal(unknown_key(str(place_of(place)[0]), keys_at(Recipe, ())), (SETTINGS, name))
        found.append(RecipeSetting(name=str(name), place=place, default=_value_at(value, place_of(place))))
    return found


def apply_settings(document: YamlDocument, sets: Mapping[str, str], *, directory: Path) -> YamlDocument:
    """Return a recipe's document with values set, and without its `settings`.

    A key of `sets` is a path such as `accept.rows` or `checks[0].min_words`, or begins with a short name of the
    recipe's `settings`. A value is YAML, of which `0.3`, `true`, `[a, b]` and plain words are the usual; nothing is
    null, and a text that would be something else stands in quotes. Mappings on the way that are missing are made. A
    file that is named so is looked for in `directory`, where its name is relative, and not beside the recipe. Raises
    `INVALID_INPUT` naming `--set` and the key, with the nearest name for one that is not known.
    """
    short = {setting.name: place_of(setting.place) for setting in settings_of(document)}
    if not isinstance(document.value, dict):
        return document
    value = copy.deepcopy(cast("dict[str, Any]", document.value))
    value.pop(SETTINGS, None)
    origins: dict[Place, str] = {}
    for key, text in sets.items():
        place = _place(key, short)
        new = _located(_parsed(key, text), place, directory)
        origins[_put(value, place, new, key=key)] = f"--set {key}"
    return document.replaced(value, origins=origins)


def _place(key: str, short: Mapping[str, Place]) -> Place:
    place = place_of(key)
    if not place or written(place) != key:
        raise _refused(key, "this is no path, such as accept.rows or checks[0].min_words")
    first = str(place[0])
    if first in short:
        return (*short[first], *place[1:])
    if first not in Recipe.model_fields:
        raise _refused(key, unknown_key(first, [*sorted(short), *keys_at(Recipe, ())]))
    return place


def _parsed(key: str, text: str) -> Any:
    if not text.strip():
        return None
    try:
        return YamlDocument(f"--set {key}", text=text).value
    except TextNLPError as error:
        if error.kind is not ErrorKind.INVALID_INPUT:
            raise
        hint = f"Put a text in quotes, twice for the shell: --set {key}='\"…\"'."
        raise TextNLPError(error.message, kind=error.kind, facts=ErrorFacts(field=key, hint=hint)) from error


def _located(value: Any, place: Place, directory: Path) -> Any:
    """Return a value, made absolute where it names a file."""
    names_file = any(
        len(place) == len(pattern) and all(part in (None, key) for part, key in zip(pattern, place, strict=True))
        for pattern in _FILE_PLACES
    )
    if not names_file or not isinstance(value, str) or not value or value.startswith(BLOB_SCHEME):
        return value
    return str((directory / Path(value).expanduser()).resolve())


def _put(value: dict[str, Any], place: Place, new: Any, *, key: str) -> Place:
    """Put a value at a place, and return the outermost place that was not there before, or the place itself."""
    found: Any = value
    made: Place | None = None
    for depth, part in enumerate(place):
        is_last = depth + 1 == len(place)
        if isinstance(found, list) and isinstance(part, int):
            items = cast("list[Any]", found)
            if part >= len(items):
                raise _refused(key, f"{written(place[:depth])} has {len(items)} items, counted from 0")
        elif not isinstance(found, dict) or isinstance(part, int):
            raise _refused(key, f"{written(place[:depth])} has nothing called {part!r} in it")
        container = cast("dict[Any, Any]", found)
        if is_last:
            container[part] = new
        elif not isinstance(part, int) and container.get(part) is None:
            container[part] = {}
            made = made or place[: depth + 1]
        found = container[part]
    return made or place


def _value_at(value: Any, place: Place) -> Any:
    found = value
    for part in place:
        try:
            found = found[part]
        except (LookupError, TypeError):
            return None
    return found


def _refused(key: str, message: str) -> TextNLPError:
    sentence = message if message.endswith("?") else f"{message}."
    return TextNLPError(f"--set {key}: {sentence}", kind=ErrorKind.INVALID_INPUT, facts=ErrorFacts(field=key))
