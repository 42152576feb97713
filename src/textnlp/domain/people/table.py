"""The tables of names, places and occupations that the package ships.

They are the package's own constants, written as JSON because people edit them as data. Reading them through
`importlib.resources`, lazily and once, is the one kind of reading that the domain does.
"""

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal, TypeVar

import msgspec

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError

LOCALES: tuple[str, ...] = (
    "de_DE",
    "en_AU",
    "en_GB",
    "en_US",
    "es_ES",
    "fr_FR",
    "hi_IN",
    "it_IT",
    "ja_JP",
    "nl_NL",
    "pl_PL",
    "pt_BR",
    "sv_SE",
)
"""Every locale that there is a table for."""

Sex = Literal["female", "male"]
Education = Literal[
    "none",
    "primary school",
    "lower secondary school",
    "upper secondary school",
    "vocational training",
    "bachelor's degree",
    "master's degree",
    "doctorate",
]
Weight = Annotated[float, msgspec.Meta(gt=0)]
_Document = TypeVar("_Document")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelling:
    """A word in its own script, and in Latin letters."""

    text: str
    latin: str


Word = str | Spelling


@dataclass(frozen=True, slots=True, kw_only=True)
class City:
    """A city, how often people live there, and what its postcodes and fictitious telephone numbers look like.

    In a pattern `#` is a digit, `%` a digit other than 0, and `@` one of the table's postcode letters.
    """

    name: Word
    region: str
    weight: Weight
    postcode: str
    phones: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenNames:
    """Given names of one sex, the commonest first, for those above and below the middle of life."""

    older: tuple[Word, ...]
    younger: tuple[Word, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LocaleTable:
    """Everything that depends on the locale.

    Attributes:
        language: Its name in English.
        country: Its name in English.
        order: Which name is written first.
        family_count: How many family names a person has.
        feminine_endings: Endings of family names that differ for women, as (masculine, feminine).
        folding: Letters that an address does not merely write without their mark, as (letter, instead).
        postcode_letters: What `@` may be.
        phones: Patterns of telephone numbers that may stand for any city; none where nothing is reserved.
        family: Family names, the commonest first.
    """

    language: str
    country: str
    female: GivenNames
    male: GivenNames
    family: tuple[Word, ...]
    cities: tuple[City, ...]
    phones: tuple[str, ...]
    order: Literal["given_first", "family_first"] = "given_first"
    family_count: int = 1
    feminine_endings: tuple[tuple[str, str], ...] = ()
    folding: tuple[tuple[str, str], ...] = ()
    postcode_letters: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Occupation:
    """An occupation, and the education and age of those who have it."""

    title: str
    least_education: Education
    most_education: Education
    min_age: int
    max_age: int
    weight: Weight


@dataclass(frozen=True, slots=True, kw_only=True)
class Interest:
    """Something people like, between two ages."""

    text: str
    min_age: int
    max_age: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedTable:
    """What all locales have in common, in English.

    Attributes:
        goals: By situation in life.
        styles: Ways of communicating: of children, and by extraversion.
        trait_phrases: What is said of someone in whom a trait is high or low.
    """

    occupations: tuple[Occupation, ...]
    interests: tuple[Interest, ...]
    goals: dict[str, tuple[str, ...]]
    styles: dict[str, tuple[str, ...]]
    trait_phrases: dict[str, dict[str, str]]


@cache
def locale_table(locale: str) -> LocaleTable:
    """Return the table of a locale.

    Raises:
        TextNLPError: INVALID_INPUT, if there is none.
    """
    if locale not in LOCALES:
        nearest = difflib.get_close_matches(locale.replace("-", "_"), LOCALES, n=1, cutoff=0)[0]
        raise TextNLPError(
            f"There are no people of the locale {locale!r}; the nearest is {nearest!r}.",
            kind=ErrorKind.INVALID_INPUT,
            facts=ErrorFacts(field="locale", hint=f"The locales are {', '.join(LOCALES)}."),
        )
    return _read(locale, LocaleTable)


@cache
def shared_table() -> SharedTable:
    """Return what all locales have in common."""
    return _read("shared", SharedTable)


def _read(name: str, document: Callable[..., _Document]) -> _Document:
    content = files("textnlp.domain.people").joinpath("tables", f"{name}.json").read_bytes()
    return msgspec.json.decode(content, type=document)
