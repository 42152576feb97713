"""Texts as they are compared."""

import re

from textnlp.domain.matching.word_finder import fold

UNSPACED = (
    "([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff])"
)
"""Characters of scripts that put no spaces between words; each counts as a word."""

_UNSPACED = re.compile(UNSPACED)


def normalised(text: str) -> str:
    """Return a text as it is compared: NFKC, without case, one space between words."""
    return " ".join(_words(text))


def _words(text: str) -> list[str]:
    folded = fold(text)
    if not folded.isascii():
        folded = _UNSPACED.sub(r" \1 ", folded)
    return folded.split()
