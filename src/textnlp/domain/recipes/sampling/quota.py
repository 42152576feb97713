"""Quotas: which combinations of values a dataset has, and how many rows of each."""

import itertools
import math
from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np

from textnlp.domain.errors import invalid_input
from textnlp.domain.part import Scalar
from textnlp.domain.recipes.sampler_columns import QuotaColumn
from textnlp.domain.recipes.sampling.seeding import derived_seed

MOST_CELLS = 10_000
_MOST_COMBINATIONS = 200_000

Cell = Mapping[str, Scalar]
_Combination = tuple[tuple[int, int], ...]


def quota_cells(column: QuotaColumn) -> tuple[Cell, ...]:
    """Return the combinations of a covering design, the same ones each time.

    With `strength` t every combination of t factors' values is in some cell; without, or with all factors, the cells
    are all combinations. Smaller designs are built cell by cell: each takes the values that cover most of what is not
    covered yet (the greedy step of AETG, Cohen et al. 1997, IEEE Trans. Software Engineering 23(7)).
    Raises `INVALID_INPUT` for a design of more than 10,000 cells.
    """
    factors = list(column.factors)
    sizes = [len(column.factors[factor]) for factor in factors]
    strength = column.strength or len(factors)
    if strength == len(factors):
        if math.prod(sizes) > MOST_CELLS:
            raise _too_many(f"{math.prod(sizes):,} combinations")
        designs: list[tuple[int, ...]] = list(itertools.product(*(range(size) for size in sizes)))
    else:
        designs = _covering(sizes, strength)
    return tuple(
        {factor: column.factors[factor][place] for factor, place in zip(factors, design, strict=True)}
        for design in designs
    )


def quota_targets(column: QuotaColumn, rows: int) -> tuple[int, ...]:
    """Return how many of `rows` each cell gets; they add up to `rows`.

    A cell's weight is the product of the shares of its values; largest remainders round (Hamilton's method), and among
    equals the order is a mixed one, so that no value gains. Raises `INVALID_INPUT` where every cell has weight 0.
    """
    cells = quota_cells(column)
    weights = [_weight(column, cell) for cell in cells]
    total = sum(weights, Fraction(0))
    if total == 0:
        raise invalid_input("The shares leave no combination of the quota any row.", field="shares")
    exact = [weight * rows / total for weight in weights]
    targets = [math.floor(share) for share in exact]
    order = sorted(range(len(cells)), key=lambda place: (targets[place] - exact[place], derived_seed("cell", place)))
    for place in order[: rows - sum(targets)]:
        targets[place] += 1
    return tuple(targets)


def assign_cells(remaining: Sequence[int], count: int, *, seed: int) -> list[int]:
    """Return the cell of each of `count` candidates, in proportion to what every cell still needs, shuffled by `seed`.

    Where there are as many candidates as rows are needed, or more, every cell gets its need at least. Cells that need
    nothing get nothing, unless none needs anything: then all are alike.
    """
    needs = list(remaining) if any(remaining) else [1] * len(remaining)
    total = sum(needs)
    whole, rest = divmod(count, total)
    places = [place for place, need in enumerate(needs) for _ in range(need * whole)]
    exact = [Fraction(need * rest, total) for need in needs]
    extra = [math.floor(share) for share in exact]
    order = sorted(range(len(needs)), key=lambda place: (extra[place] - exact[place], place))
    for place in order[: rest - sum(extra)]:
        extra[place] += 1
    places += [place for place, number in enumerate(extra) for _ in range(number)]
    shuffled = np.random.Generator(np.random.PCG64(seed)).permutation(len(places))
    return [places[place] for place in shuffled]


def _weight(column: QuotaColumn, cell: Cell) -> Fraction:
    weight = Fraction(1)
    for factor, shares in column.shares.items():
        weight *= Fraction(shares.get(str(cell[factor]), 0.0))
    return weight


def _covering(sizes: Sequence[int], strength: int) -> list[tuple[int, ...]]:
    uncovered: dict[_Combination, None] = {}
    for chosen in itertools.combinations(range(len(sizes)), strength):
        for values in itertools.product(*(range(sizes[factor]) for factor in chosen)):
            uncovered[tuple(zip(chosen, values, strict=True))] = None
        if len(uncovered) > _MOST_COMBINATIONS:
            raise _too_many(f"more than {_MOST_COMBINATIONS:,} combinations to cover")
    designs: list[tuple[int, ...]] = []
    while uncovered:
        design = _greedy_cell(sizes, uncovered)
        for chosen in itertools.combinations(range(len(sizes)), strength):
            uncovered.pop(tuple((factor, design[factor]) for factor in chosen), None)
        designs.append(design)
        if len(designs) > MOST_CELLS:
            raise _too_many(f"more than {MOST_CELLS:,} cells")
    return designs


def _greedy_cell(sizes: Sequence[int], uncovered: Mapping[_Combination, None]) -> tuple[int, ...]:
    """Return a cell that covers the first uncovered combination and, value by value, as much besides as it can."""
    fixed: dict[int, int] = dict(next(iter(uncovered)))
    for factor, size in enumerate(sizes):
        if factor in fixed:
            continue
        gains = [0] * size
        for combination in uncovered:
            value = next((value for each, value in combination if each == factor), None)
            if value is not None and all(fixed.get(each, chosen) == chosen for each, chosen in combination):
                known = sum(each in fixed for each, _ in combination)
                gains[value] += 1 + known * len(sizes)
        fixed[factor] = max(range(size), key=lambda value: (gains[value], -value))
    return tuple(fixed[factor] for factor in range(len(sizes)))


def _too_many(what: str) -> Exception:
    return invalid_input(
        f"The quota has {what}; {MOST_CELLS:,} cells can be kept. Give a smaller strength, or fewer values.",
        field="strength",
    )
