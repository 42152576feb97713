from collections import Counter

import numpy as np
import pytest

from textnlp.domain.people.names import NAME_CHANCES, FullName, draw_names, spell
from textnlp.domain.people.table import LOCALES, Spelling, locale_table

COUNT = 3000


def named(locale: str, *, female: bool, age: int) -> list[FullName]:
    chances = np.random.default_rng(2).random((NAME_CHANCES, COUNT))
    return draw_names(locale, female=np.full(COUNT, female), ages=np.full(COUNT, age), chances=chances)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("female", [True, False])
def test_a_given_name_is_of_the_sex_and_mostly_of_the_generation(locale: str, *, female: bool) -> None:
    names = locale_table(locale).female if female else locale_table(locale).male
    older = {spell(name) for name in names.older}
    younger = {spell(name) for name in names.younger}
    given = [name.given for name in named(locale, female=female, age=70)]
    assert set(given) <= older | younger
    assert 0.8 < sum(name in older for name in given) / COUNT < 0.9


def test_the_commonest_name_comes_first() -> None:
    counts = Counter(name.family.text for name in named("de_DE", female=True, age=30))
    assert counts["Müller"] > 2 * counts["Voigt"]


def test_polish_family_names_follow_the_sex() -> None:
    women = {name.family.text for name in named("pl_PL", female=True, age=30)}
    men = {name.family.text for name in named("pl_PL", female=False, age=30)}
    assert {"Kowalska", "Górska", "Sawicka", "Nowak"} <= women
    assert {"Kowalski", "Górski", "Sawicki", "Nowak"} <= men
    assert not any(name.endswith("ski") for name in women)
    assert not any(name.endswith("ska") for name in men)


def test_spaniards_have_two_family_names() -> None:
    single = {spell(name).text for name in locale_table("es_ES").family}
    for name in named("es_ES", female=True, age=30):
        first, _, second = name.family.text.partition(" ")
        assert {first, second} <= single
        assert name.text == f"{name.given.text} {name.family.text}"


def test_a_word_without_another_spelling_is_its_own() -> None:
    assert spell("Łódź") == Spelling(text="Łódź", latin="Łódź")
    assert spell(Spelling(text="東京", latin="Tokyo")).latin == "Tokyo"
