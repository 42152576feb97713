"""Which rows are reviewed."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy as np

from textnlp.domain.review.document import (
    AllRows,
    JudgeDisagreement,
    LowestScore,
    RandomSample,
    ReviewDocument,
    StratifiedSample,
)
from textnlp.domain.review.row_values import number_at, value_at

_Rows = Sequence[Mapping[str, Any]]


def sample_rows(document: ReviewDocument, rows: _Rows) -> list[int]:
    """Return the places of the rows that are reviewed, in the order in which they are handed out.

    The seed of the document decides what is drawn, and ties are kept in the order of the rows. Fewer rows than are
    wanted are all taken.
    """
    sampling = document.sampling
    generator = np.random.Generator(np.random.PCG64(document.seed))
    if isinstance(sampling, AllRows):
        return list(range(len(rows)))
    if isinstance(sampling, RandomSample):
        return _drawn(list(range(len(rows))), sampling.size, generator)
    if isinstance(sampling, StratifiedSample):
        return _stratified(sampling, rows, generator)
    if isinstance(sampling, LowestScore):
        return _lowest([_score(row, sampling) for row in rows], sampling.size)
    return _lowest([-_spread(row, sampling) for row in rows], sampling.size)


def shares_of(sizes: Sequence[int], size: int) -> list[int]:
    """Divide `size` among strata of so many rows: in proportion, none left out while there is room for all.

    What is left after rounding down goes to the largest remainders (Hamilton's method); nothing gets more rows than
    it has, and the shares add up to `size`, or to all rows where there are fewer.
    """
    total = sum(sizes)
    wanted = min(size, total)
    reserved = 1 if wanted >= len(sizes) else 0
    shares = [reserved] * len(sizes)
    exact = [wanted * each / total for each in sizes]
    for place, share in enumerate(exact):
        shares[place] = min(sizes[place], max(reserved, math.floor(share)))
    # Rounding and the reserved rows can leave a difference of either sign.
    while (left := wanted - sum(shares)) != 0:
        step = 1 if left > 0 else -1
        able = [p for p in range(len(sizes)) if (shares[p] < sizes[p] if left > 0 else shares[p] > reserved)]
        shares[max(able, key=lambda p: (step * (exact[p] - shares[p]), -p))] += step
    return shares


def _stratified(sampling: StratifiedSample, rows: _Rows, generator: np.random.Generator) -> list[int]:
    strata: dict[bytes, list[int]] = {}
    for place, row in enumerate(rows):
        key = msgspec.json.encode(value_at(row, sampling.column), order="deterministic")
        strata.setdefault(key, []).append(place)
    if not strata:
        return []
    places = [strata[key] for key in sorted(strata)]
    shares = shares_of([len(each) for each in places], sampling.size)
    drawn = [_drawn(each, share, generator) for each, share in zip(places, shares, strict=True)]
    mixed = [place for each in drawn for place in each]
    return [mixed[place] for place in generator.permutation(len(mixed))]


def _drawn(places: list[int], size: int, generator: np.random.Generator) -> list[int]:
    chosen = generator.permutation(len(places))[:size]
    return [places[place] for place in chosen]


def _lowest(scores: list[float], size: int) -> list[int]:
    return [int(place) for place in np.argsort(np.array(scores, dtype=np.float64), kind="stable")[:size]]


def _score(row: Mapping[str, Any], sampling: LowestScore) -> float:
    score = number_at(row, sampling.column)
    return math.inf if score is None or math.isnan(score) else score


def _spread(row: Mapping[str, Any], sampling: JudgeDisagreement) -> float:
    scores = [score for column in sampling.columns if (score := number_at(row, column)) is not None]
    return float(np.std(scores)) if scores else 0.0
