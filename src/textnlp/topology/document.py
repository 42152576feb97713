"""The declaration as a plain document, for snapshots, references and other programs."""

from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from typing import Any, TypeAlias, cast

Document: TypeAlias = "dict[str, Document] | list[Document] | str | int | float | bool | None"


def as_document(value: Any) -> Document:
    """Turn a value of the declaration into dictionaries, lists, texts and numbers, which JSON can carry.

    A dataclass becomes a dictionary of its fields in their order, a tuple a list, a date its ISO form, an
    enumeration its value. Raises `TypeError` for anything else, so that nothing is declared that cannot be read back.
    """
    if isinstance(value, Enum):
        return as_document(value.value)
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [as_document(item) for item in cast("tuple[Any, ...]", value)]
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: as_document(getattr(value, field.name)) for field in fields(value)}
    raise TypeError(f"a declaration holds no {type(value).__name__}: {value!r}")
