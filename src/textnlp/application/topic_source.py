"""The leaves of a tree of topics as seeds."""

from collections.abc import Sequence

from textnlp.domain.recipes.seed import Seed
from textnlp.domain.recipes.seeds import SEED_COLUMNS
from textnlp.domain.topics.tree import TopicTree


class TopicSource:
    """Satisfies the `SeedSource` port with the leaves of a tree, from left to right."""

    def __init__(self, tree: TopicTree) -> None:
        self._leaves = tree.leaves()

    @property
    def total(self) -> int:
        """How many leaves there are."""
        return len(self._leaves)

    @property
    def fields(self) -> tuple[str, ...]:
        """The columns that a leaf brings."""
        return SEED_COLUMNS["topics"]

    async def read(self, numbers: Sequence[int]) -> list[Seed]:
        """Return leaves by their numbers."""
        return [
            Seed(number=number, values=self._leaves[number].fields, origin={"topic": self._leaves[number].topic})
            for number in numbers
        ]

    async def aclose(self) -> None:
        """Have nothing to close."""
