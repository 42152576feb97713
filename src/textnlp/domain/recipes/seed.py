"""What one row begins with."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from textnlp.domain.generation.model import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed:
    """A seed.

    Attributes:
        number: 0-based place in its source.
        values: its fields in JSON's own types; they are columns of the rows that begin with it.
        origin: where it is from: `file` and `line` of a row, nothing of one that the recipe holds itself; `file`,
            `page`, `offset` and `chunk` of a piece of a document.
    """

    number: int
    values: Mapping[str, Any]
    origin: JsonObject
