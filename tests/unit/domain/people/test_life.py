import numpy as np
import pytest

from textnlp.domain.people.life import EDUCATION, draw_ages, draw_education, draw_marital, draw_occupations
from textnlp.domain.people.table import shared_table

AGES = np.arange(111)
FINISHED_AT = (0, 11, 15, 18, 19, 21, 23, 27)


@pytest.mark.parametrize("level", range(len(EDUCATION)))
@pytest.mark.parametrize("chance", [0.0, 0.5, 1 - 2**-53])
def test_whoever_has_an_age_and_an_education_does_something_that_fits(level: int, chance: float) -> None:
    known = {each.title: each for each in shared_table().occupations}
    ages = AGES[FINISHED_AT[level] :]
    found = draw_occupations(np.full(len(ages), chance), ages=ages, education=np.full(len(ages), level))
    for age, title in zip(ages.tolist(), found, strict=True):
        if title in known:
            occupation = known[title]
            assert occupation.min_age <= age <= occupation.max_age
            assert occupation.least_education in EDUCATION[: level + 1]
            assert occupation.most_education in EDUCATION[level:]
        else:
            assert title in {None, "pupil", "student", "retired"}


def test_ages_keep_their_bounds_at_the_extremes() -> None:
    chances = np.array([0.0, 1 - 2**-53])
    assert draw_ages(chances, min_age=18, max_age=90).tolist() == [18, 90]
    assert draw_ages(chances, min_age=110, max_age=110).tolist() == [110, 110]


def test_the_very_old_are_rare() -> None:
    ages = draw_ages(np.random.default_rng(1).random(10_000), min_age=0, max_age=110)
    assert (ages > 95).sum() < (ages <= 15).sum() / 10


def test_children_have_the_education_of_their_age() -> None:
    found = draw_education(np.full(111, 0.5), ages=AGES)
    assert [EDUCATION[found[age]] for age in (0, 10, 11, 14, 15, 17)] == [
        "none",
        "none",
        "primary school",
        "primary school",
        "lower secondary school",
        "lower secondary school",
    ]


def test_a_long_education_is_not_finished_early_whatever_the_chance() -> None:
    found = draw_education(np.full(111, 1 - 2**-53), ages=AGES)
    assert [EDUCATION[found[age]] for age in (18, 20, 22, 26, 27)] == [
        "upper secondary school",
        "vocational training",
        "bachelor's degree",
        "master's degree",
        "doctorate",
    ]


def test_minors_are_single() -> None:
    assert not draw_marital(np.full(18, 1 - 2**-53), ages=AGES[:18]).any()
