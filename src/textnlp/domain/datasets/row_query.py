"""Which rows of a version are wanted, and what is found."""

from dataclasses import dataclass
from typing import Any

MOST_ROWS = 500
MOST_SEARCHED_CHARACTERS = 200
MOST_CONDITION_CHARACTERS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RowQuery:
    """Which accepted rows are wanted.

    Attributes:
        search: a text in any of their texts, whatever the case of its letters; None for all rows.
        where: a condition over their columns, in the language of templates; None for all rows.
        columns: that are shown, in this order; all where empty.
        split: that is looked at; all where None.
        after: rows that are passed over, as the page before said.
        limit: rows at most.
    """

    search: str | None = None
    where: str | None = None
    columns: tuple[str, ...] = ()
    split: str | None = None
    after: int = 0
    limit: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRow:
    """A row with its split; a field that it lacks is None."""

    split: str
    values: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRows:
    """A page of rows in the order of the files; `next_after` goes on behind it, None at the end.

    A page may be short, or empty, and still not the last one.
    """

    rows: tuple[FoundRow, ...]
    next_after: int | None
