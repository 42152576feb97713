"""Draw what candidates begin with."""

from collections.abc import Mapping, Sequence
from typing import Any

from textnlp.domain.batches.model import CandidateStart
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.recipes.plan import RecipePlan
from textnlp.domain.recipes.recipe import Recipe
from textnlp.domain.recipes.sampler_columns import QuotaColumn
from textnlp.domain.recipes.sampling.draws import ColumnDraws
from textnlp.domain.recipes.sampling.quota import assign_cells, quota_cells
from textnlp.domain.recipes.sampling.seeding import derived_seed
from textnlp.domain.recipes.seed_order import SeedSequence
from textnlp.ports.seed_source import SeedSource


class CandidateDraws:
    """Draws candidates of one recipe: sampler columns, quotas and seeds.

    What a candidate begins with follows from its number and the recipe's seed; only the cells of quotas depend on the
    round, because they go where rows are still wanted.

    Args:
        lists: the lines of `pick` columns' files.
        seeds: None where the recipe has none.
    """

    def __init__(
        self,
        recipe: Recipe,
        plan: RecipePlan,
        *,
        lists: Mapping[str, Sequence[str]] | None = None,
        seeds: SeedSource | None = None,
    ) -> None:
        drawn = {name: recipe.columns[name] for name in plan.drawn}
        self._cells = {name: quota_cells(column) for name, column in drawn.items() if isinstance(column, QuotaColumn)}
        plain = {name: column for name, column in drawn.items() if name not in self._cells}
        self._draws = ColumnDraws(plain, seed=recipe.seed, lists=lists or {})
        self._seed = recipe.seed
        self._seeds = seeds
        self._sequence: SeedSequence | None = None
        if seeds is not None and recipe.seeds is not None:
            self._sequence = SeedSequence(recipe.seeds, total=seeds.total, seed=recipe.seed)

    def assign(self, open_cells: Mapping[str, Sequence[int]], *, round_number: int, count: int) -> dict[str, list[Any]]:
        """Return the values of quota columns for a round of `count` candidates, given what each cell still needs."""
        assigned: dict[str, list[Any]] = {}
        for name, cells in self._cells.items():
            seed = derived_seed(self._seed, name, round_number)
            places = assign_cells(open_cells[name], count, seed=seed)
            assigned[name] = [dict(cells[place]) for place in places]
        return assigned

    async def draw(self, first: int, count: int) -> list[CandidateStart]:
        """Return what candidates from `first` on begin with, quotas left out."""
        columns = self._draws.draw(first, count)
        names = list(columns)
        drawn = [dict(zip(names, values, strict=True)) for values in zip(*columns.values(), strict=True)]
        rows = drawn or [{} for _ in range(count)]
        if self._seeds is None or self._sequence is None:
            return [CandidateStart(values=values) for values in rows]
        numbers = [self._sequence.number_at(candidate) for candidate in range(first, first + count)]
        seeds = await self._seeds.read(numbers)
        if len(seeds) != count:
            raise TextNLPError(f"{len(seeds)} seeds came for {count} candidates.", kind=ErrorKind.INTERNAL)
        return [
            CandidateStart(values={**seed.values, **values}, seed={"index": seed.number, **seed.origin})
            for seed, values in zip(seeds, rows, strict=True)
        ]
