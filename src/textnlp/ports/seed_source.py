"""What rows begin with, read by number."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from textnlp.domain.recipes.seed import Seed
from textnlp.domain.recipes.seeds import DocumentSeeds, RowSeeds


class SeedSource(Protocol):
    """Seeds that are read in any order, in memory that does not grow with their number.

    They are those that there were when the source was opened, whatever becomes of its files.
    """

    @property
    def total(self) -> int:
        """How many there are, at least one; numbers run from 0 to one less."""
        ...

    @property
    def fields(self) -> tuple[str, ...]:
        """The columns that every seed brings; one that a row has not is null."""
        ...

    async def read(self, numbers: Sequence[int]) -> list[Seed]:
        """Return the seeds of these numbers in the order asked, one twice where it is asked for twice.

        Raises `INTERNAL` for a number that there is not and after closing.
        """
        ...

    async def aclose(self) -> None:
        """Remove what was kept on the disk for reading; closing twice is harmless."""
        ...


class SeedOpener(Protocol):
    """Finds the seeds that a recipe names."""

    async def open(self, seeds: RowSeeds | DocumentSeeds, *, base: Path) -> SeedSource:
        """Read all files once and return their seeds; paths are relative to `base`, the recipe's folder.

        Raises `INVALID_INPUT` with file, line and column for what is broken, and with `seeds.fields` for a field that
        no row has; `NOT_FOUND` for a path that leads nowhere, `TOO_LARGE` for what is larger than can be read, and
        `UNAVAILABLE` where there is no room for reading it.
        """
        ...
