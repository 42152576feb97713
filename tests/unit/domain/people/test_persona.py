import numpy as np
import pytest

from textnlp.domain.people.persona import LEVELS, TRAITS, Persona, draw_personas
from textnlp.domain.people.table import shared_table


def personas(age: int, occupation: str | None, *, count: int = 500) -> list[Persona]:
    return draw_personas(np.random.default_rng(5), ages=[age] * count, occupations=[occupation] * count)


@pytest.mark.parametrize(("age", "occupation"), [(0, None), (9, "pupil"), (35, "nurse"), (110, "retired")])
def test_a_persona_has_three_to_five_different_interests_of_its_age(age: int, occupation: str | None) -> None:
    fitting = {each.text for each in shared_table().interests if each.min_age <= age <= each.max_age}
    found = personas(age, occupation)
    assert {len(each.interests) for each in found} == {3, 4, 5}
    assert all(len(set(each.interests)) == len(each.interests) for each in found)
    assert {text for each in found for text in each.interests} == fitting


def test_a_persona_has_a_level_of_each_trait() -> None:
    found = personas(30, "nurse")
    assert all(tuple(each.levels) == TRAITS for each in found)
    assert {level for each in found for level in each.levels.values()} == set(LEVELS)
    assert found[0].traits[0] == f"{found[0].levels['openness']} openness"


@pytest.mark.parametrize(
    ("age", "occupation", "pool"),
    [
        (3, None, "child"),
        (12, "pupil", "pupil"),
        (20, "student", "student"),
        (40, "plumber", "working"),
        (40, "homemaker", "homemaker"),
        (40, "job seeker", "job seeker"),
        (70, "retired", "retired"),
    ],
)
def test_a_goal_goes_with_the_situation_in_life(age: int, occupation: str | None, pool: str) -> None:
    assert {each.goal for each in personas(age, occupation)} == set(shared_table().goals[pool])


def test_a_style_goes_with_extraversion() -> None:
    styles = shared_table().styles
    assert all(each.style in styles[each.levels["extraversion"]] for each in personas(30, "nurse"))
    assert {each.style for each in personas(8, "pupil")} == set(styles["child"])
