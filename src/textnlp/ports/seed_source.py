"""Seeds: what rows begin with, read by their numbers."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from textnlp.domain.recipes.seed import Seed
from textnlp.domain.recipes.seeds import DocumentSeeds, RowSeeds


class SeedSource(Protocol):
    """Seeds that were opened."""

    @property
    def total(self) -> int:
        """How many there are."""
        ...

    @property
    def fields(self) -> tuple[str, ...]:
        """The columns that they bring."""
        ...

    async def read(self, numbers: Sequence[int]) -> list[Seed]:
        """Return the seeds with these 0-based numbers, in this order, whichever it is."""
        ...

    async def aclose(self) -> None:
        """Remove what reading them needed; closing twice is harmless."""
        ...


class SeedOpener(Protocol):
    """Opens what a recipe names as its seeds."""

    async def open(self, seeds: RowSeeds | DocumentSeeds, *, base: Path) -> SeedSource:
        """Open them; paths are relative to `base`. Raises `INVALID_INPUT` with the place of a fault."""
        ...
