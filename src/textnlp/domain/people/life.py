"""What people of an age have learnt, do and live with: rough shares, so that a person is plausible.

The shares are judgements from general knowledge of industrial countries, not statistics of any one of them.
"""

from functools import cache
from typing import get_args

import numpy as np

from textnlp.domain.people.table import Education, shared_table
from textnlp.domain.people.weights import Floats, Integers, cumulative, positions, positions_by_group

EDUCATION: tuple[Education, ...] = get_args(Education)
"""Highest level finished, in ascending order."""
MARITAL_STATUSES = ("single", "married", "cohabiting", "divorced", "widowed")
RETIRED = "retired"
STUDENT = "student"
PUPIL = "pupil"
ADULT_AGE = 18
SCHOOL_AGE = 6

_FINISHED_AT = (0, 11, 15, 18, 19, 21, 23, 27)
"""The least age at which each level of education is finished."""
_EDUCATION_SHARES = (
    (40, (0.002, 0.01, 0.07, 0.27, 0.24, 0.26, 0.13, 0.018)),
    (65, (0.005, 0.04, 0.10, 0.27, 0.27, 0.20, 0.10, 0.015)),
    (111, (0.010, 0.10, 0.20, 0.27, 0.24, 0.12, 0.05, 0.010)),
)
"""By the age below which they hold."""
_MARITAL_SHARES = (
    (18, (1.0, 0.0, 0.0, 0.0, 0.0)),
    (22, (0.95, 0.01, 0.04, 0.0, 0.0)),
    (25, (0.82, 0.05, 0.13, 0.0, 0.0)),
    (30, (0.56, 0.22, 0.20, 0.02, 0.0)),
    (40, (0.29, 0.47, 0.17, 0.065, 0.005)),
    (55, (0.17, 0.57, 0.10, 0.145, 0.015)),
    (70, (0.09, 0.62, 0.05, 0.165, 0.075)),
    (80, (0.06, 0.57, 0.02, 0.12, 0.23)),
    (111, (0.05, 0.33, 0.01, 0.06, 0.55)),
)
_RETIRED_SHARES = ((58, 0.0), (63, 0.1), (67, 0.5), (71, 0.85), (76, 0.95), (111, 1.0))
_STUDYING = (EDUCATION.index("upper secondary school"), EDUCATION.index("bachelor's degree"))
_LAST_AGE = 110


def draw_ages(chances: Floats, *, min_age: int, max_age: int) -> Integers:
    """Return ages between two bounds, both included: even up to 60 and rarer year by year after it."""
    ages = np.arange(min_age, max_age + 1)
    weights = np.clip(1.0 - (ages - 60) / 42.0, 0.01, 1.0)
    return positions(cumulative(weights), chances=chances) + min_age


def draw_education(chances: Floats, *, ages: Integers) -> Integers:
    """Return positions in EDUCATION; minors have what their age brings, adults nothing that takes longer."""
    return positions_by_group(ages, chances=chances, shares_of=_education_shares)


def draw_marital(chances: Floats, *, ages: Integers) -> Integers:
    """Return positions in MARITAL_STATUSES; minors are single."""
    return positions_by_group(ages, chances=chances, shares_of=_marital_shares)


def draw_occupations(chances: Floats, *, ages: Integers, education: Integers) -> list[str | None]:
    """Return what people do, which goes with age and education; None below school age."""
    titles = [None, PUPIL, STUDENT, RETIRED, *(each.title for each in shared_table().occupations)]
    found = positions_by_group(ages * len(EDUCATION) + education, chances=chances, shares_of=_occupation_shares)
    return [titles[position] for position in found.tolist()]


@cache
def _education_shares(age: int) -> Floats:
    reached = [finished <= age for finished in _FINISHED_AT]
    if age < ADULT_AGE:
        return cumulative(np.eye(len(EDUCATION))[sum(reached) - 1])
    shares = next(shares for below, shares in _EDUCATION_SHARES if age < below)
    return cumulative(np.asarray(shares) * reached)


@cache
def _marital_shares(age: int) -> Floats:
    return cumulative(next(shares for below, shares in _MARITAL_SHARES if age < below))


@cache
def _occupation_shares(group: int) -> Floats:
    """Return the shares of nothing, pupil, student, retired and each occupation, for an age and an education."""
    age, education = divmod(group, len(EDUCATION))
    occupations = shared_table().occupations
    shares = np.zeros(4 + len(occupations))
    if age < ADULT_AGE:
        shares[0 if age < SCHOOL_AGE else 1] = 1.0
        return cumulative(shares)
    shares[4:] = [
        each.weight
        * (each.min_age <= age <= each.max_age)
        * (EDUCATION.index(each.least_education) <= education <= EDUCATION.index(each.most_education))
        for each in occupations
    ]
    retired = next(share for below, share in _RETIRED_SHARES if age < below)
    studying = max(0.0, 0.6 - 0.08 * (age - ADULT_AGE)) if education in _STUDYING else 0.0
    shares[4:] *= (1.0 - retired - studying) / max(shares.sum(), 1.0)
    shares[2:4] = studying, retired
    return cumulative(shares)
