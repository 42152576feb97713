"""Names of a locale, drawn so that they go with sex and age."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from textnlp.domain.people.table import LocaleTable, Sex, Spelling, Word, locale_table
from textnlp.domain.people.weights import Floats, Integers, by_rank, positions

NAME_CHANCES = 4
"""How many chances a name takes."""

_MIDDLE_AGE = 50
_TYPICAL = 0.85
"""How often a given name is one that is typical of the age."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FullName:
    """A given and a family name, and both in the order in which the locale writes them.

    In Latin letters the given name is first, as such names are written abroad.
    """

    given: Spelling
    family: Spelling
    text: str

    @property
    def latin(self) -> str:
        """The name in Latin letters, given name first."""
        return f"{self.given.latin} {self.family.latin}"


def spell(word: Word) -> Spelling:
    """Return a word with its spelling in Latin letters, which is itself where it has no other."""
    return word if isinstance(word, Spelling) else Spelling(text=word, latin=word)


def draw_names(locale: str, *, female: NDArray[np.bool_], ages: Integers, chances: Floats) -> list[FullName]:
    """Return a name for each person; `chances` has a row for each of NAME_CHANCES and a column a person."""
    table = locale_table(locale)
    older = (ages >= _MIDDLE_AGE) == (chances[0] < _TYPICAL)
    given = _draw_given(table, female=female, older=older, chances=chances[1])
    shares = by_rank(len(table.family))
    drawn = [positions(shares, chances=row).tolist() for row in chances[2 : 2 + table.family_count]]
    sexes: list[Sex] = ["female" if is_female else "male" for is_female in female.tolist()]
    families = [_family(locale, places, sex=sex) for places, sex in zip(zip(*drawn, strict=True), sexes, strict=True)]
    return [_full(table, given=first, family=last) for first, last in zip(given, families, strict=True)]


def _draw_given(
    table: LocaleTable,
    *,
    female: NDArray[np.bool_],
    older: NDArray[np.bool_],
    chances: Floats,
) -> list[Spelling]:
    pools = (table.male.younger, table.male.older, table.female.younger, table.female.older)
    spelled = [[spell(name) for name in pool] for pool in pools]
    drawn = np.stack([positions(by_rank(len(pool)), chances=chances) for pool in pools])
    which = female.astype(np.int64) * 2 + older
    places = drawn[which, np.arange(len(which))]
    return [spelled[pool][place] for pool, place in zip(which.tolist(), places.tolist(), strict=True)]


@cache
def _families(locale: str) -> dict[Sex, list[Spelling]]:
    table = locale_table(locale)
    masculine = [spell(name) for name in table.family]
    return {"male": masculine, "female": [_feminine(name, endings=table.feminine_endings) for name in masculine]}


def _feminine(name: Spelling, *, endings: tuple[tuple[str, str], ...]) -> Spelling:
    for ending, instead in endings:
        if name.text.endswith(ending):
            changed = name.text.removesuffix(ending) + instead
            return Spelling(text=changed, latin=changed)
    return name


def _family(locale: str, places: tuple[int, ...], *, sex: Sex) -> Spelling:
    parts = [_families(locale)[sex][place] for place in places]
    if len(parts) == 1:
        return parts[0]
    return Spelling(text=" ".join(part.text for part in parts), latin=" ".join(part.latin for part in parts))


def _full(table: LocaleTable, *, given: Spelling, family: Spelling) -> FullName:
    parts = (given.text, family.text) if table.order == "given_first" else (family.text, given.text)
    return FullName(given=given, family=family, text=" ".join(parts))
