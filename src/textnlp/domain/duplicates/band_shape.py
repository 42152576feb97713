"""How MinHash values are put into bands."""

import math

_MOST_HASHES = 128
_RECALL = 0.998
_LEAST = 1e-9


def band_shape(threshold: float) -> tuple[int, int]:
    """Return rows a band and bands that find what is at a threshold with a probability of 99.8 %, 128 values at most.

    The longer the bands, the fewer candidates there are, and the more bands it takes. Below a threshold of 0.05 the
    values do not suffice for that probability.
    """
    for rows in range(_MOST_HASHES // 2, 1, -1):
        bands = math.ceil(math.log(1 - _RECALL) / math.log1p(-max(threshold**rows, _LEAST)))
        if rows * bands <= _MOST_HASHES:
            return rows, bands
    return 1, _MOST_HASHES
