"""The overlapping runs of words in a text, by which texts are compared."""

import re

from textnlp.domain.matching.word_finder import fold

_WORDS = 3
_UNSPACED = re.compile(
    "([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])"
)
"""Characters of scripts that put no spaces between words; each counts as a word."""


def normalised(text: str) -> str:
    """Return a text as it is compared: NFKC, without case, one space between words."""
    return " ".join(_words(text))


def shingles_of(text: str) -> list[str]:
    """Return the runs of three words of a normalised text, in order and repeated as they are.

    A text of fewer words is one run. A word is what stands between spaces, and every character of a script that puts
    none.
    """
    words = _words(text)
    if len(words) < _WORDS:
        return [" ".join(words)]
    return list(map(" ".join, zip(words, words[1:], words[2:], strict=False)))


def _words(text: str) -> list[str]:
    folded = fold(text)
    if not folded.isascii():
        folded = _UNSPACED.sub(r" \1 ", folded)
    return folded.split()
