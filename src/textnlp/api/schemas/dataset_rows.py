"""Rows of a dataset that somebody looks for."""

from typing import Annotated, Any, ClassVar

import msgspec

from textnlp.domain.catalog.model import CURRENT
from textnlp.domain.datasets.row_query import MOST_CONDITION_CHARACTERS, MOST_ROWS, MOST_SEARCHED_CHARACTERS


class DatasetSearchQuery(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Which accepted rows of a version.

    Attributes:
        search: a text in any of their texts, whatever the case of its letters.
        where: a condition over their columns, such as `score >= 3 and 'kettle' in product`.
        column: that is shown, once a column; all where left out.
        version: its number or a tag; the current one where left out.
        split: all where left out.
        after: where the page before said to go on.
    """

    search: Annotated[str, msgspec.Meta(min_length=1, max_length=MOST_SEARCHED_CHARACTERS)] | None = None
    where: Annotated[str, msgspec.Meta(min_length=1, max_length=MOST_CONDITION_CHARACTERS)] | None = None
    column: Annotated[list[str], msgspec.Meta(max_length=256)] = []
    version: Annotated[str, msgspec.Meta(max_length=64)] = CURRENT
    split: Annotated[str, msgspec.Meta(pattern="^[A-Za-z][A-Za-z0-9_]{0,63}$")] | None = None
    after: Annotated[int, msgspec.Meta(ge=0)] = 0
    limit: Annotated[int, msgspec.Meta(ge=1, le=MOST_ROWS)] = 50

    EXAMPLE: ClassVar[dict[str, Any]] = {"search": "kettle", "where": "stars >= 3", "limit": 20}


class FoundRowRead(msgspec.Struct, kw_only=True):
    """A row and its split; a field that it lacks is null."""

    split: str
    row: dict[str, Any]


class FoundRowPage(msgspec.Struct, kw_only=True):
    """Rows in the order of the files; `next_after` goes on where it is not null, also behind a short page."""

    version: int
    rows: list[FoundRowRead]
    next_after: int | None

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "version": 2,
        "rows": [{"split": "train", "row": {"id": "0", "product": "kettle", "slogan": "Boils before you blink."}}],
        "next_after": None,
    }
