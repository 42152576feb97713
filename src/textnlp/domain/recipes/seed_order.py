"""Which seed a candidate begins with."""

from textnlp.domain.errors import invalid_input
from textnlp.domain.recipes.sampling.seeding import derived_seed
from textnlp.domain.recipes.seeds import SeedOrder


class SeedSequence:
    """Seeds in the order of a recipe."""

    def __init__(self, order: SeedOrder, *, total: int, seed: int) -> None:
        if total == 0:
            raise invalid_input("There is no seed.", field="seeds")
        if order.first >= total:
            raise invalid_input(f"seeds.first is {order.first:,}, and there are {total:,} seeds.", field="seeds.first")
        self.size = min(total - order.first, order.count or total)
        self._first = order.first
        self._order = order.order
        self._seed = seed

    def number_at(self, candidate: int) -> int:
        """Return the number of the candidate's seed in its source."""
        if self._order == "with_replacement":
            return self._first + derived_seed(self._seed, "seed", candidate) % self.size
        return self._first + candidate % self.size
