"""Made-up people, drawn from the tables that the package ships."""

from typing import Any, Literal, Protocol

import numpy as np

from textnlp.domain.people.contact import CONTACT_AGE, fill, fold, write_email, write_phone
from textnlp.domain.people.description import describe
from textnlp.domain.people.life import (
    EDUCATION,
    MARITAL_STATUSES,
    draw_ages,
    draw_education,
    draw_marital,
    draw_occupations,
)
from textnlp.domain.people.names import NAME_CHANCES, FullName, draw_names, spell
from textnlp.domain.people.persona import draw_personas
from textnlp.domain.people.table import LOCALES, City, LocaleTable, locale_table
from textnlp.domain.people.weights import cumulative, positions

__all__ = ["LOCALES", "PeopleWanted", "draw_people"]

_LARGEST = 2**62
_FEMALE_SHARE = 0.5


class PeopleWanted(Protocol):
    """Which people are wanted; a recipe's column of people says so."""

    @property
    def kind(self) -> Literal["person", "persona"]:
        """`persona` for people with a character, `person` for those without."""
        ...

    @property
    def locale(self) -> str | list[str]:
        """One locale or several, each as often as the others."""
        ...

    @property
    def sex(self) -> Literal["female", "male"] | None:
        """Both where None."""
        ...

    @property
    def min_age(self) -> int:
        """Years, itself included."""
        ...

    @property
    def max_age(self) -> int:
        """Years, itself included."""
        ...


def draw_people(column: PeopleWanted, generator: np.random.Generator, count: int) -> list[dict[str, Any]]:
    """Return `count` people as the column wants them; what they are is decided by the generator's state alone.

    Every person has the same fields: given_name, family_name, name, name_latin, sex, age (years), locale, language,
    country, region, city, postcode, occupation, education (highest level finished), marital_status, email and phone.
    `occupation` is null below school age, `email` and `phone` below 13 years, and `phone` where the country keeps no
    numbers for fiction. A persona has traits, interests, goal, communication_style and description besides.

    Raises:
        TextNLPError: INVALID_INPUT, if there is no table for a locale.
    """
    locales = [column.locale] if isinstance(column.locale, str) else column.locale
    for locale in locales:
        locale_table(locale)
    which = generator.integers(len(locales), size=count)
    drawn: dict[int, dict[str, Any]] = {}
    for turn, locale in enumerate(locales):
        places = np.flatnonzero(which == turn).tolist()
        drawn.update(zip(places, _draw_locale(column, locale, generator, len(places)), strict=True))
    return [drawn[place] for place in range(count)]


def _draw_locale(
    column: PeopleWanted,
    locale: str,
    generator: np.random.Generator,
    count: int,
) -> list[dict[str, Any]]:
    table = locale_table(locale)
    chances = generator.random((6 + NAME_CHANCES, count))
    numbers = generator.integers(_LARGEST, size=(3, count))
    female = chances[0] < _FEMALE_SHARE if column.sex is None else np.full(count, column.sex == "female")
    ages = draw_ages(chances[1], min_age=column.min_age, max_age=column.max_age)
    education = draw_education(chances[2], ages=ages)
    homes: list[int] = positions(cumulative([city.weight for city in table.cities]), chances=chances[5]).tolist()
    drawn = zip(
        draw_names(locale, female=female, ages=ages, chances=chances[6:]),
        female.tolist(),
        ages.tolist(),
        [table.cities[home] for home in homes],
        draw_occupations(chances[3], ages=ages, education=education),
        education.tolist(),
        draw_marital(chances[4], ages=ages).tolist(),
        *numbers.tolist(),
        strict=True,
    )
    people: list[dict[str, Any]] = []
    places: list[str] = []
    for name, is_female, age, city, occupation, level, status, code, mail, call in drawn:
        places.append(f"{spell(city.name).latin}, {table.country}")
        people.append(
            {
                **_named(name),
                "sex": "female" if is_female else "male",
                "age": age,
                "locale": locale,
                "language": table.language,
                "country": table.country,
                **_placed(city, table=table, number=code),
                "occupation": occupation,
                "education": EDUCATION[level],
                "marital_status": MARITAL_STATUSES[status],
                **_reached(name, age=age, city=city, table=table, numbers=(mail, call)),
            },
        )
    return people if column.kind == "person" else _with_characters(people, places, generator)


def _with_characters(
    people: list[dict[str, Any]],
    places: list[str],
    generator: np.random.Generator,
) -> list[dict[str, Any]]:
    personas = draw_personas(
        generator,
        ages=[person["age"] for person in people],
        occupations=[person["occupation"] for person in people],
    )
    numbers: list[int] = generator.integers(_LARGEST, size=len(people)).tolist()
    return [
        {
            **person,
            "traits": persona.traits,
            "interests": persona.interests,
            "goal": persona.goal,
            "communication_style": persona.style,
            "description": describe(person, persona=persona, place=place, number=number),
        }
        for person, persona, place, number in zip(people, personas, places, numbers, strict=True)
    ]


def _named(name: FullName) -> dict[str, Any]:
    return {
        "given_name": name.given.text,
        "family_name": name.family.text,
        "name": name.text,
        "name_latin": name.latin,
    }


def _placed(city: City, *, table: LocaleTable, number: int) -> dict[str, Any]:
    return {
        "region": city.region,
        "city": spell(city.name).text,
        "postcode": fill(city.postcode, number=number, letters=table.postcode_letters),
    }


def _reached(
    name: FullName,
    *,
    age: int,
    city: City,
    table: LocaleTable,
    numbers: tuple[int, int],
) -> dict[str, Any]:
    if age < CONTACT_AGE:
        return {"email": None, "phone": None}
    given, family = (fold(part.latin, folding=table.folding) for part in (name.given, name.family))
    return {
        "email": write_email(given, family=family, number=numbers[0]),
        "phone": write_phone(city.phones, country=table.phones, number=numbers[1]),
    }
