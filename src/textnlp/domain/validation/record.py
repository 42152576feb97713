"""Rows of a file that is looked at, with where they stand."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A row and where it stands.

    Attributes:
        number: 1-based, over all files.
        file: as its reader names it, such as the path below the folder that was given.
        line: 1-based; of a Parquet file, the row's place.
    """

    number: int
    file: str
    line: int
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class BadRecord:
    """What should be a row and cannot be read as one; `message` says why in a sentence."""

    number: int
    file: str
    line: int
    message: str
