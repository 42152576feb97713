"""What makes a person a character: traits, interests, a goal and a way of communicating."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from textnlp.domain.people.contact import CONTACT_AGE
from textnlp.domain.people.life import SCHOOL_AGE
from textnlp.domain.people.table import shared_table

TRAITS = ("openness", "conscientiousness", "extraversion", "agreeableness", "neuroticism")
"""The Big Five, as in McCrae and Costa's five-factor model."""
LEVELS = ("low", "average", "high")

_LEAST_INTERESTS = 3
_MOST_INTERESTS = 5
_LEVEL_BOUNDS = (0.25, 0.75)


@dataclass(frozen=True, slots=True, kw_only=True)
class Persona:
    """A character; `levels` has one of LEVELS for each of TRAITS."""

    levels: dict[str, str]
    interests: list[str]
    goal: str
    style: str

    @property
    def traits(self) -> list[str]:
        """The traits as words, such as "high openness"."""
        return [f"{level} {trait}" for trait, level in self.levels.items()]


def draw_personas(
    generator: np.random.Generator,
    *,
    ages: list[int],
    occupations: list[str | None],
) -> list[Persona]:
    """Return a persona for each person, which goes with age and occupation."""
    count = len(ages)
    levels: list[list[int]] = np.searchsorted(
        _LEVEL_BOUNDS, generator.random((count, len(TRAITS))), side="right"
    ).tolist()
    wishes = generator.random((count, _MOST_INTERESTS)).tolist()
    sizes = generator.integers(_LEAST_INTERESTS, _MOST_INTERESTS + 1, size=count).tolist()
    turns = generator.random((count, 2)).tolist()
    personas: list[Persona] = []
    for age, occupation, row, wish, size, turn in zip(ages, occupations, levels, wishes, sizes, turns, strict=True):
        named: dict[str, str] = {trait: LEVELS[level] for trait, level in zip(TRAITS, row, strict=True)}
        personas.append(
            Persona(
                levels=named,
                interests=_sample(_interests(age), chances=wish[:size]),
                goal=_one_of(_goals(age, occupation), chance=turn[0]),
                style=_one_of(_styles(age, named["extraversion"]), chance=turn[1]),
            ),
        )
    return personas


@cache
def _interests(age: int) -> tuple[str, ...]:
    return tuple(each.text for each in shared_table().interests if each.min_age <= age <= each.max_age)


def _goals(age: int, occupation: str | None) -> tuple[str, ...]:
    goals = shared_table().goals
    if occupation is None or age < SCHOOL_AGE:
        return goals["child"]
    return goals.get(occupation, goals["working"])


def _styles(age: int, extraversion: str) -> tuple[str, ...]:
    return shared_table().styles["child" if age < CONTACT_AGE else extraversion]


def _one_of(pool: tuple[str, ...], *, chance: float) -> str:
    return pool[int(chance * len(pool))]


def _sample(pool: tuple[str, ...], *, chances: list[float]) -> list[str]:
    """Return as many different items as there are chances, by the first steps of Fisher and Yates' shuffle."""
    moved: dict[int, int] = {}
    found: list[str] = []
    for turn, chance in enumerate(chances):
        place = turn + int(chance * (len(pool) - turn))
        found.append(pool[moved.get(place, place)])
        moved[place] = moved.get(turn, turn)
    return found
