from importlib.resources import files

import pytest

from textnlp.domain.people.life import ADULT_AGE, EDUCATION
from textnlp.domain.people.table import LOCALES, locale_table, shared_table


def test_the_package_ships_a_table_for_every_locale_and_no_other() -> None:
    shipped = {path.name for path in files("textnlp.domain.people").joinpath("tables").iterdir()}
    assert shipped == {f"{name}.json" for name in (*LOCALES, "shared")}
    assert list(LOCALES) == sorted(LOCALES)


@pytest.mark.parametrize("locale", LOCALES)
def test_a_table_has_enough_names_and_none_twice(locale: str) -> None:
    table = locale_table(locale)
    for names in (table.female, table.male):
        pool = [*names.older, *names.younger]
        assert len(pool) >= 60
        assert len(set(pool)) == len(pool)
    assert len(table.family) >= 80
    assert len(set(table.family)) == len(table.family)


@pytest.mark.parametrize("locale", LOCALES)
def test_a_table_has_enough_cities_each_with_region_weight_and_postcode(locale: str) -> None:
    cities = locale_table(locale).cities
    assert len(cities) >= 25
    assert len({city.name for city in cities}) == len(cities)
    for city in cities:
        assert city.region.strip() == city.region != ""
        assert city.weight > 0
        assert city.postcode
        assert "@" not in city.postcode or locale_table(locale).postcode_letters


def test_occupations_are_many_and_can_be_had() -> None:
    occupations = shared_table().occupations
    assert len(occupations) >= 80
    assert len({each.title for each in occupations}) == len(occupations)
    for each in occupations:
        assert each.weight > 0
        assert ADULT_AGE <= each.min_age < each.max_age
        assert EDUCATION.index(each.least_education) <= EDUCATION.index(each.most_education)


def test_everyone_finds_enough_interests_for_their_age() -> None:
    interests = shared_table().interests
    assert len({each.text for each in interests}) == len(interests)
    for age in range(111):
        assert sum(each.min_age <= age <= each.max_age for each in interests) >= 5


def test_texts_of_the_shared_table_fit_into_a_sentence() -> None:
    shared = shared_table()
    pools = [
        *shared.goals.values(),
        *shared.styles.values(),
        *(tuple(p.values()) for p in shared.trait_phrases.values()),
    ]
    for pool in pools:
        assert len(set(pool)) == len(pool) > 1
        assert all(text == text.strip().rstrip(".") and text[0].islower() for text in pool)
