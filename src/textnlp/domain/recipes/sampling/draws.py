"""Values of a recipe's drawn columns, for any stretch of its candidates."""

from collections.abc import Mapping, Sequence
from graphlib import TopologicalSorter
from typing import Any

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.recipes.recipe import Column
from textnlp.domain.recipes.sampling.seeding import generator_of
from textnlp.domain.recipes.sampling.values import Drawing, draw_values, needed_columns

BLOCK_ROWS = 1_024


class ColumnDraws:
    """Draws columns in blocks of 1,024 candidates, so that a value follows from the seed, the column and the candidate.

    Whichever stretches are asked for, the same candidate has the same values. The latest block is kept.

    Args:
        columns: drawn columns by name, quotas left out; those that depend on another one come with it.
        lists: the lines of `pick` columns' files, by column.

    Raises `INVALID_INPUT` for a column that depends on one that is not among them.
    """

    def __init__(
        self, columns: Mapping[str, Column], *, seed: int, lists: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        self._columns = columns
        self._seed = seed
        self._lists = lists or {}
        needs = {name: needed_columns(column) for name, column in columns.items()}
        for name, needed in needs.items():
            for other in needed:
                if other not in columns:
                    raise _refused(f"columns.{name}", f"{other!r} is not drawn before it")
        self._order = tuple(TopologicalSorter(needs).static_order())
        self._block: tuple[int, Mapping[str, list[Any]]] | None = None

    def draw(self, first: int, count: int) -> dict[str, list[Any]]:
        """Return the values of the candidates from `first` on, column by column in the order of the recipe.

        Raises `INVALID_INPUT` with the column's place for what cannot be drawn.
        """
        drawn: dict[str, list[Any]] = {name: [] for name in self._columns}
        place, end = first, first + count
        while place < end:
            number, offset = divmod(place, BLOCK_ROWS)
            taken = min(BLOCK_ROWS - offset, end - place)
            block = self._drawn_block(number)
            for name, values in drawn.items():
                values.extend(block[name][offset : offset + taken])
            place += taken
        return drawn

    def _drawn_block(self, number: int) -> Mapping[str, list[Any]]:
        if self._block is None or self._block[0] != number:
            values: dict[str, list[Any]] = {}
            for name in self._order:
                values[name] = self._drawn_column(name, number, values)
            self._block = (number, values)
        return self._block[1]

    def _drawn_column(self, name: str, number: int, known: Mapping[str, list[Any]]) -> list[Any]:
        drawing = Drawing(
            generator=generator_of(self._seed, name, number),
            count=BLOCK_ROWS,
            known=known,
            lines=self._lists.get(name, ()),
        )
        try:
            return draw_values(self._columns[name], drawing)
        except TextNLPError as error:
            place = f"columns.{name}" + (f".{error.facts.field}" if error.facts.field else "")
            raise _refused(place, error.message.rstrip(".")) from error


def _refused(field: str, message: str) -> TextNLPError:
    return TextNLPError(f"{field}: {message}.", kind=ErrorKind.INVALID_INPUT, facts=ErrorFacts(field=field))
