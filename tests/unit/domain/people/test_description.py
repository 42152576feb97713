import re
from typing import Any

import numpy as np
import pytest

from textnlp.domain.people.description import article_of, join
from textnlp.domain.people.people import LOCALES, draw_people
from textnlp.domain.recipes.sampler_columns import PersonColumn


def personas(*, min_age: int = 0, max_age: int = 110) -> list[dict[str, Any]]:
    column = PersonColumn(kind="persona", locale=list(LOCALES), min_age=min_age, max_age=max_age)
    return draw_people(column, np.random.default_rng(11), 3000)


def test_a_description_says_what_the_fields_say() -> None:
    for person in personas():
        told = person["description"]
        assert told.startswith(f"{person['name_latin']} is ")
        assert person["country"] in told
        assert (f"{person['age']}-year-old" in told) or (f"{person['age']} years old" in told) or "a baby" in told
        assert person["occupation"] is None or person["occupation"] in told
        assert join(person["interests"]) in told
        assert person["goal"] in told
        assert person["communication_style"] in told


def test_a_description_is_three_or_four_sentences_about_one_sex() -> None:
    others = {"female": r"\b(he|his|him)\b", "male": r"\b(she|her|hers)\b"}
    for person in personas():
        told = person["description"]
        assert len(re.findall(r"\.(?: |$)", told)) == (4 if person["age"] >= 18 else 3)
        assert all(sentence[0].isupper() for sentence in told.split(". "))
        assert not re.search(others[person["sex"]], told, re.IGNORECASE)


def test_education_and_marriage_are_told_of_adults() -> None:
    for person in personas(min_age=16, max_age=60):
        told = person["description"]
        degree = person["education"] == "none" or person["education"] in told
        single = person["marital_status"] in told or "lives with a partner" in told
        assert (degree and single) if person["age"] >= 18 else "is single" not in told


def test_the_article_goes_with_how_an_age_is_read() -> None:
    assert [age for age in range(111) if article_of(age) == "an"] == [8, 11, 18, *range(80, 90)]
    for person in personas(min_age=0, max_age=90):
        for article, age in re.findall(r"\b(an?) (\d+)-year-old", person["description"]):
            assert article == article_of(int(age))


@pytest.mark.parametrize(
    ("items", "joined"),
    [(["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")],
)
def test_items_are_enumerated(items: list[str], joined: str) -> None:
    assert join(items) == joined
