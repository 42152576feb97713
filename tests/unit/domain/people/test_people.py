import re
from collections import Counter
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.people.people import LOCALES, draw_people
from textnlp.domain.recipes.sampler_columns import PersonColumn

PAGE = Path(__file__).parents[4] / "docs/explanation/people.md"
FIELDS = [
    "given_name",
    "family_name",
    "name",
    "name_latin",
    "sex",
    "age",
    "locale",
    "language",
    "country",
    "region",
    "city",
    "postcode",
    "occupation",
    "education",
    "marital_status",
    "email",
    "phone",
]
CHARACTER = ["traits", "interests", "goal", "communication_style", "description"]
SELDOM_NULL = {"occupation", "email", "phone"}
DEGREES = {"bachelor's degree", "master's degree", "doctorate"}
EMAIL = re.compile(r"[a-z]+\.[a-z]+[0-9]{2,4}@example\.(com|org|net)")
AUSTRALIAN_MOBILES = (
    "570(006|110|156|157|158|159|313|737)|571(266|491|804)|572(549|665|983)|573(087|770)|574(118|632)"
    "|575(254|789)|576(398|801)|577(426|644)|578(148|888|957)|579(212|455|760)"
)
PHONES = {
    "de_DE": r"\+49(3023125|6990009|4066969|2214710|8999998)\d{3}|\+49(17139200|176040690)\d{2}",
    "en_AU": rf"\+61[2378]5550\d{{4}}|\+61491({AUSTRALIAN_MOBILES})",
    "en_GB": r"\+44((11[3-8]|121|131|141|151|161)4960|2079460|1914980|2920180|7700900)\d{3}",
    "en_US": r"\+1[2-9]\d{2}55501\d{2}",
    "fr_FR": r"\+33(19900|26191|35301|46571|53649|63998)\d{4}",
    "sv_SE": r"\+46(8465004|3139006|4062804|9803192)\d{2}|\+46701740(60[5-9]|6[1-9]\d)",
}
POSTCODES = {
    "de_DE": r"\d{5}",
    "en_AU": r"\d{4}",
    "en_GB": r"[A-Z]{1,2}[1-9]\d? \d[ABD-HJLNP-UW-Z]{2}",
    "en_US": r"\d{5}",
    "es_ES": r"(0[1-9]|[1-4]\d|5[0-2])\d{3}",
    "fr_FR": r"(0[1-9]|[1-9]\d)\d{3}",
    "hi_IN": r"[1-8]\d{5}",
    "it_IT": r"\d{5}",
    "ja_JP": r"\d{3}-\d{4}",
    "nl_NL": r"[1-9]\d{3} (?!SA|SD|SS)[A-Z]{2}",
    "pl_PL": r"\d{2}-\d{3}",
    "pt_BR": r"\d{5}-\d{3}",
    "sv_SE": r"[1-9]\d{2} \d{2}",
}


def drawn(count: int = 400, *, seed: int = 7, **column: Any) -> list[dict[str, Any]]:
    return draw_people(PersonColumn.model_validate({"kind": "persona", **column}), np.random.default_rng(seed), count)


def everyone(count: int = 6000) -> list[dict[str, Any]]:
    return drawn(count, locale=list(LOCALES), min_age=0, max_age=110)


@settings(max_examples=60, deadline=None)
@given(
    locale=st.sampled_from(LOCALES),
    bounds=st.tuples(st.integers(0, 110), st.integers(0, 110)).map(sorted),
    sex=st.sampled_from([None, "female", "male"]),
    kind=st.sampled_from(["person", "persona"]),
    seed=st.integers(0, 2**32),
)
def test_every_locale_draws_whole_people_within_the_bounds(
    locale: str,
    bounds: list[int],
    sex: Literal["female", "male"] | None,
    kind: Literal["person", "persona"],
    seed: int,
) -> None:
    low, high = bounds
    people = drawn(25, seed=seed, kind=kind, locale=locale, sex=sex, min_age=low, max_age=high)
    assert len(people) == 25
    for person in people:
        assert list(person) == (FIELDS if kind == "person" else FIELDS + CHARACTER)
        assert low <= person["age"] <= high
        assert person["sex"] in ({sex} if sex else {"female", "male"})
        assert person["locale"] == locale
        assert all(value or name in SELDOM_NULL | {"age"} for name, value in person.items())
        assert re.fullmatch(POSTCODES[locale], person["postcode"]), person["postcode"]


def test_the_state_of_the_generator_decides_who_is_drawn() -> None:
    assert drawn(seed=3, locale=["ja_JP", "pl_PL"]) == drawn(seed=3, locale=["ja_JP", "pl_PL"])
    assert drawn(seed=3) != drawn(seed=4)
    generator = np.random.default_rng(3)
    column = PersonColumn(kind="person")
    assert draw_people(column, generator, 5) != draw_people(column, generator, 5)


def test_no_people_are_nobody() -> None:
    assert drawn(0, locale=list(LOCALES)) == []


def test_several_locales_come_equally_often() -> None:
    counts = Counter(person["locale"] for person in drawn(4000, locale=["sv_SE", "hi_IN"]))
    assert set(counts) == {"sv_SE", "hi_IN"}
    assert 1800 < counts["sv_SE"] < 2200


@pytest.mark.parametrize(("locale", "nearest"), [("en_UK", "'en_US'"), ("de-DE", "'de_DE'"), ("", "'")])
def test_an_unknown_locale_is_told_the_nearest_and_all(locale: str, nearest: str) -> None:
    with pytest.raises(TextNLPError) as caught:
        drawn(1, locale=["fr_FR", locale])
    assert caught.value.kind is ErrorKind.INVALID_INPUT
    assert nearest in caught.value.message
    assert all(known in (caught.value.facts.hint or "") for known in LOCALES)


def test_mail_goes_to_reserved_domains_only() -> None:
    for person in everyone():
        assert (person["email"] is None) == (person["age"] < 13)
        assert person["email"] is None or EMAIL.fullmatch(person["email"]), person["email"]


@pytest.mark.parametrize("locale", LOCALES)
def test_telephones_are_from_ranges_kept_for_fiction_or_absent(locale: str) -> None:
    phones = {person["phone"] for person in drawn(3000, kind="person", locale=locale)}
    if locale not in PHONES:
        assert phones == {None}
        return
    assert len(phones) > 50
    for phone in phones:
        assert re.fullmatch(PHONES[locale], re.sub(r"[ -]", "", phone)), phone


def test_what_people_do_goes_with_their_age() -> None:
    for person in everyone():
        age, occupation = person["age"], person["occupation"]
        assert (occupation is None) == (age < 6)
        assert (occupation == "pupil") == (6 <= age < 18)
        assert occupation != "retired" or age >= 58
        assert occupation != "student" or age < 30
        assert occupation not in {"family doctor", "lawyer", "professor"} or age >= 25
        assert age < 76 or occupation == "retired"


def test_education_and_marriage_go_with_age() -> None:
    for person in everyone():
        assert person["education"] not in DEGREES or person["age"] >= 21
        assert person["education"] != "doctorate" or person["age"] >= 27
        assert (person["education"] == "none") or person["age"] >= 11
        assert person["marital_status"] == "single" or person["age"] >= 18
        assert person["marital_status"] != "widowed" or person["age"] >= 30


def test_old_people_are_widowed_more_often_than_young_ones() -> None:
    old = [person["marital_status"] for person in drawn(min_age=80, max_age=90)]
    young = [person["marital_status"] for person in drawn(min_age=30, max_age=40)]
    assert old.count("widowed") > 100
    assert young.count("widowed") < 20


def test_names_of_japan_are_written_family_first_and_in_latin_letters_given_first() -> None:
    for person in drawn(50, locale="ja_JP"):
        assert person["name"] == f"{person['family_name']} {person['given_name']}"
        assert not person["name"].isascii()
        assert person["name_latin"].isascii()


def test_large_cities_come_more_often_and_lie_in_their_region() -> None:
    homes = Counter((person["city"], person["region"]) for person in drawn(4000, kind="person", locale="en_GB"))
    assert homes.most_common(1)[0][0] == ("London", "England")
    assert homes["Edinburgh", "Scotland"] > homes["Inverness", "Scotland"] > 0
    assert len({city for city, _ in homes}) == len(homes)


def test_nothing_of_a_pattern_or_template_is_left_over() -> None:
    for person in everyone(3000):
        for name, value in person.items():
            text = " ".join(value) if name in {"traits", "interests"} else str(value or "")
            assert not re.search(r"[#%{}<>]|  |None", text), (name, text)
            assert name == "email" or "@" not in text


def test_the_page_about_people_names_every_locale_and_field_and_its_example_can_be_drawn() -> None:
    page = PAGE.read_text("utf-8")
    assert all(f"`{name}`" in page for name in [*LOCALES, *FIELDS, *CHARACTER])
    (example,) = re.findall(r"^```yaml\n(.*?)^```", page, flags=re.DOTALL | re.MULTILINE)
    column = PersonColumn.model_validate(yaml.safe_load(example)["columns"]["customer"])
    assert len(draw_people(column, np.random.default_rng(1), 5)) == 5
