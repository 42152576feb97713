"""Names of people, by dictionary and context."""

import re
from collections.abc import Iterable, Iterator
from functools import cache

from textnlp.domain.people.table import LOCALES, Word, locale_table
from textnlp.domain.pii.model import Finding, PiiType

_NAME = r"[A-ZÀ-ÖØ-ÞĀ-Ž][\wÀ-ÿĀ-ž'’-]+"
_PAIR = re.compile(rf"\b({_NAME})((?: [A-Z]\.)?(?: (?:van|de|der|den|von|da|dos|del|di|la))*) ({_NAME})\b")
_TITLED = re.compile(
    r"\b(?:Mr|Mrs|Ms|Miss|Dr|Prof|Herr|Frau|Monsieur|Madame|Mme|Señora?|Sra?|Signora?|Sig|Pan|Pani|Meneer|Mevrouw|Senhora?)"
    rf"\.? ({_NAME}(?: {_NAME}){{0,2}})"
)
_INTRODUCED = re.compile(
    r"(?:\b[Mm]y name is|\b[Ii] am called|\b[Cc]ontact|\b[Aa]ttn:?|\bname:|\bName:|\b[Ii]ch heiße|\b[Mm]ein Name ist|\b[Jj]e m['’]appelle"
    rf"|\b[Mm]e llamo|\b[Mm]i chiamo|\b[Nn]azywam się|\b[Jj]ag heter|\b[Ii]k heet|\b[Mm]eu nome é) ({_NAME}(?: {_NAME}){{1,2}})"
)


def find_names(text: str) -> Iterator[Finding]:
    """Yield names: a given name followed by another capitalised word, and what stands after a title or an introduction.

    Given and family names are those of the package's tables, a hundred or so a country: rarer names are found only by
    their context.
    """
    for match in _TITLED.finditer(text):
        yield Finding(type=PiiType.NAME, start=match.start(1), end=match.end(1), locale=None, why="title")
    for match in _INTRODUCED.finditer(text):
        yield Finding(type=PiiType.NAME, start=match.start(1), end=match.end(1), locale=None, why="context")
    given, family = known_names()
    place = 0
    while (match := _PAIR.search(text, place)) is not None:
        if _is_name(match[1], match[3], has_between=bool(match[2]), given=given, family=family):
            yield Finding(type=PiiType.NAME, start=match.start(), end=match.end(), locale=None, why="dictionary")
            place = match.end()
        else:
            place = match.start(3)


def _is_name(first: str, last: str, *, has_between: bool, given: frozenset[str], family: frozenset[str]) -> bool:
    """Whether two capitalised words are a name: one known as given, or one before a known family name."""
    if first in _COMMON or (last in _COMMON and not (first in given and last in family)):
        return False
    return first in given or (last in family and not has_between)


@cache
def known_names() -> tuple[frozenset[str], frozenset[str]]:
    """Return all given names and all family names of the tables."""
    given: set[str] = set()
    family: set[str] = set()
    for locale in LOCALES:
        table = locale_table(locale)
        for part in (table.female, table.male):
            given.update(_texts((*part.older, *part.younger)))
        family.update(_texts(table.family))
    return frozenset(given), frozenset(family)


def _texts(words: Iterable[Word]) -> Iterator[str]:
    for word in words:
        yield from ((word,) if isinstance(word, str) else (word.text, word.latin))


_COMMON = frozenset(
    {
        *("The", "A", "An", "In", "On", "At", "Of", "For", "From", "With", "And", "But", "Or", "As", "By", "To", "New"),
        *("Old", "Great", "North", "South", "East", "West", "Saint", "Mount", "Lake", "University", "Dear", "Hello"),
        *("Der", "Die", "Das", "Le", "La", "Les", "El", "Los", "Las", "Il", "Lo", "De", "Het", "O", "Os", "Um", "Mr"),
        *("Mrs", "Ms", "Dr", "Miss", "King", "Queen", "Prince", "President", "Street", "Avenue", "Hi", "When", "If"),
    }
)
