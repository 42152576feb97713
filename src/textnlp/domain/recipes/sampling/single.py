"""One value of a sampler column, for a row that is being made."""

from collections.abc import Mapping, Sequence
from typing import Any

from textnlp.domain.recipes.recipe import Column
from textnlp.domain.recipes.sampling.seeding import generator_of
from textnlp.domain.recipes.sampling.values import Drawing, draw_values, needed_columns


def draw_value(
    name: str,
    column: Column,
    row: Mapping[str, Any],
    *,
    seed: int,
    place: str,
    lists: Mapping[str, Sequence[str]] | None = None,
) -> Any:
    """Return the value of a column for the row at `place`, which may depend on what a model wrote for it.

    The same seed, column and place give the same value. Raises `INVALID_INPUT` for what cannot be drawn.
    """
    known = {other: [row.get(other)] for other in needed_columns(column)}
    lines = (lists or {}).get(name, ())
    return draw_values(column, Drawing(generator=generator_of(seed, name, place), count=1, known=known, lines=lines))[0]
