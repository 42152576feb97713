"""The lexicons that the package ships.

They are the package's own constants, written as JSON because people edit them as data, and read lazily and once.
A word is written with the endings that it may have: `fool/s,ish` stands for fool, fools and foolish.
"""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files

import msgspec

from textnlp.domain.texts.toxicity.model import Category, Entry, Level

LANGUAGES: tuple[str, ...] = ("de", "en", "es", "fr", "it")
"""ISO 639 codes of the languages that there is a lexicon for."""


class Lexicon(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The words of a language.

    Attributes:
        harmless: phrases in which such words do no harm.
        neighbours: by word, the beginnings of words near which it means something else.
    """

    words: dict[Category, dict[Level, list[str]]]
    harmless: list[str] = []
    neighbours: dict[str, list[str]] = {}

    def entries(self) -> Iterator[Entry]:
        """Return the words, each with all its endings."""
        for category, levels in self.words.items():
            for level, words in levels.items():
                for word in words:
                    yield from (Entry(word=form, category=category, level=level) for form in _forms(word))

    def harmless_phrases(self) -> list[str]:
        """Return the phrases, each with all its endings."""
        return [form for phrase in self.harmless for form in _forms(phrase)]

    def harmless_neighbours(self) -> dict[str, list[str]]:
        """Return by word, with all its endings, near which others it does no harm."""
        return {form: near for word, near in self.neighbours.items() for form in _forms(word)}


@cache
def read_lexicon(language: str) -> Lexicon:
    """Return the lexicon of one of `LANGUAGES`."""
    content = files("textnlp.domain.texts.toxicity").joinpath("lexicons", f"{language}.json").read_bytes()
    return msgspec.json.decode(content, type=Lexicon)


def _forms(word: str) -> list[str]:
    stem, _, endings = word.partition("/")
    return [stem, *(stem + ending for ending in endings.split(",") if ending)]
