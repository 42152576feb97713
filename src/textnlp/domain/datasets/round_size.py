"""How many candidates the next round of a run has."""

import math

from textnlp.domain.datasets.model import DatasetCounts

MOST_CANDIDATES_A_ROUND = 20_000
_LEAST_PASS_RATE = 0.02
_GROWTH = 4
_FEW = 8


def most_candidates(rows: int, given: int | None) -> int:
    """Return how many candidates a run may try: `given`, else ten for every row and a hundred at least."""
    return max(100, 10 * rows) if given is None else given


def round_size(*, wanted: int, tried: int, passed: int, most: int) -> int:
    """Return the candidates to try next, so that about `wanted` rows come of them.

    The first round has as many candidates as rows are wanted, which wastes none. Later ones follow the rate at which
    the `tried` candidates gave the `passed` rows, a little pessimistically (one row less), because each further round
    costs the time of its slowest candidate; yet no round has more than four times the candidates of all before it.
    The result is within 1 and `most`, which is what the limit leaves.
    """
    if tried == 0:
        size = wanted
    else:
        rate = max((passed - 1) / tried, _LEAST_PASS_RATE)
        size = min(math.ceil(wanted / rate), _GROWTH * max(tried, _FEW))
    return max(1, min(size, most, MOST_CANDIDATES_A_ROUND))


def passed_rows(counts: DatasetCounts) -> int:
    """Return the rows that were good, needed or not."""
    return counts.accepted + counts.surplus
