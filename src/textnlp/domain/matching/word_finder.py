"""Words in texts, whatever their case."""

import unicodedata
from collections.abc import Sequence

from textnlp.domain.matching.linear_pattern import LinearPattern, escape

_MAX_BYTES = 64 << 20
_LETTER = r"[\pL\pN\pM_]"
_BEFORE, _AFTER = r"(?:^|[^\pL\pN\pM_])", r"(?:[^\pL\pN\pM_]|$)"
_SPACE = r"[\s\pZ]+"
_UNSPACED = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]"
"""Scripts that put no spaces between words, so that a word has no border there."""


class WordFinder:
    """Words and phrases, and which of them a folded text holds as whole words.

    A border is where a letter, digit or mark meets something else; spaces in a phrase stand for any white space.
    Raises `ValueError` for words that take too much memory together, and for an empty one.
    """

    def __init__(self, words: Sequence[str]) -> None:
        self._words = tuple(words)
        self._patterns = [_pattern(word) for word in words]
        self._each = [LinearPattern(pattern, max_bytes=_MAX_BYTES) for pattern in self._patterns]
        self._any = LinearPattern("|".join(self._patterns), max_bytes=_MAX_BYTES) if words else None

    def any_in(self, folded: str) -> bool:
        """Whether one of the words is in a text that `fold` was applied to."""
        return self._any is not None and self._any.find(folded) is not None

    def first_in(self, folded: str) -> str | None:
        """Return the first of the words, in their own order, that is in the text."""
        if not self.any_in(folded):
            return None
        return next(word for word, pattern in zip(self._words, self._each, strict=True) if pattern.find(folded))

    def missing_in(self, folded: str) -> list[str]:
        """Return the words that are not in the text."""
        return [word for word, pattern in zip(self._words, self._each, strict=True) if pattern.find(folded) is None]


def fold(text: str) -> str:
    """Return a text in the form in which words are compared: NFKC, without case."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


_IS_BORDERED = LinearPattern(f"^{_LETTER}$")
_IS_UNSPACED = LinearPattern(f"^{_UNSPACED}$")


def _pattern(word: str) -> str:
    parts = fold(word).split()
    if not parts:
        raise ValueError("a word cannot be empty")
    before = _BEFORE if _has_border(parts[0][0]) else ""
    after = _AFTER if _has_border(parts[-1][-1]) else ""
    return f"{before}(?:{_SPACE.join(map(escape, parts))}){after}"


def _has_border(character: str) -> bool:
    return _IS_BORDERED.find(character) is not None and _IS_UNSPACED.find(character) is None
