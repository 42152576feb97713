"""A seed as it is read from a file, before it has a number."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from textnlp.domain.generation.model import JsonObject

MAX_FIELD_CHARACTERS = 1_000_000
"""Characters of one value of a row, as many as a prompt may have."""


@dataclass(frozen=True, slots=True)
class SeedRecord:
    """The values of a row or piece, and where it is from."""

    values: Mapping[str, Any]
    origin: JsonObject


@dataclass(frozen=True, slots=True)
class SeedTable:
    """A file of rows that is open for reading.

    Attributes:
        header: The fields that every row has; None where each row has its own.
        records: The rows in order, to be read once; where there is a header, with the wanted fields alone.
    """

    header: tuple[str, ...] | None
    records: Iterator[SeedRecord]


TableReader = Callable[[BinaryIO, str, frozenset[str] | None], SeedTable]
"""Opens a file: its bytes, the name that it is shown by, and the fields that are wanted (all where None)."""
