"""The rows that are compared: which are from earlier datasets, and which is rather kept."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from textnlp.domain.duplicates.shingle_sets import Ratios
from textnlp.domain.errors import invalid_input

Ranks = Sequence[float] | npt.NDArray[np.floating] | npt.NDArray[np.integer]


class RankedRows:
    """Counts rows as they come, those of earlier datasets before the others."""

    def __init__(self) -> None:
        self._earlier: dict[str, int] = {}
        self._ranks: list[Ratios] = []
        self._own = 0

    def __len__(self) -> int:
        return self._own + sum(self._earlier.values())

    @property
    def earlier(self) -> tuple[tuple[str, int], ...]:
        """The earlier datasets, each with the number of its rows."""
        return tuple(self._earlier.items())

    def prime(self, count: int, *, dataset: str) -> None:
        """Count rows of an earlier dataset; raises `INVALID_INPUT` after others, for those could not be told apart."""
        if self._own or (dataset in self._earlier and dataset != next(reversed(self._earlier))):
            raise invalid_input(
                f"The rows of {dataset} come too late: earlier datasets come first, one after the other."
            )
        self._earlier[dataset] = self._earlier.get(dataset, 0) + count
        self._ranks.append(np.zeros(count))

    def add(self, count: int, ranks: Ranks | None) -> None:
        """Count rows; of those that repeat each other the one of the highest rank is kept, nan being the lowest."""
        told = np.zeros(count) if ranks is None else np.asarray(ranks, dtype=np.float64)
        if len(told) != count:
            raise invalid_input(f"There are {count} rows and {len(told)} ranks.")
        self._ranks.append(np.nan_to_num(told, nan=-np.inf, posinf=np.inf, neginf=-np.inf))
        self._own += count

    def ranks(self) -> Ratios:
        """Return the ranks of all rows."""
        return np.concatenate([np.zeros(0), *self._ranks])
