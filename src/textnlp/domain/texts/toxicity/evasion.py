"""Expressions that find a word however it is written: with digits for letters, letters repeated, masked or spaced out.

The expressions are of the syntax that Rust's, RE2's and Python's regular expressions have in common, for folded texts.
"""

import re
from itertools import groupby

_DIGITS = {"a": "4", "b": "8", "e": "3", "g": "9", "i": "1", "l": "1", "o": "0", "s": "5", "t": "7", "z": "2"}
_SIGNS = {"a": "@", "s": "$", "i": "!|", "e": "*", "l": "|", "c": "("}
_VOWELS = frozenset("aeiou")
_MASKED_INNER, _MASKED_VOWEL = "*#", "*#%@-"
_SHORTEST_DISGUISED = 4
_BEFORE, _AFTER = r"\b", r"\b"
SPACED = r"\b[a-z0-9](?:(?: ?[.\-*/|,] ?| {1,2})[a-z0-9]){3,}\b"
"""Finds single letters with something between them; `joined` makes a word of what it finds."""

_FIRST_ALONE = frozenset({"fuck", "shit", "bitch", "nigger", "asshole", "motherfucker"})


def word_expression(word: str) -> str:
    """Return what finds a word that is written plainly, with its letters repeated, or in digits and signs.

    Words of a phrase are each found so. Words below four letters may have signs but no digits: that is mostly a number.
    """
    if " " in word:
        return " ".join(map(word_expression, word.split()))
    if not (word.isalpha() and word.isascii()):
        return _BEFORE + re.escape(word) + _AFTER
    runs = [(letter, len(list(run))) for letter, run in groupby(word)]
    is_long = len(word) >= _SHORTEST_DISGUISED
    parts = [_edge(runs[0], is_long=is_long, begins=True)]
    parts += [_inner(run, is_long=is_long) for run in runs[1:-1]]
    if len(runs) > 1:
        parts.append(_edge(runs[-1], is_long=is_long, begins=False))
    return "".join(parts)


def joined(spaced: str) -> str:
    """Return the letters of a text without what stands between them."""
    return re.sub("[^a-z0-9]", "", spaced)


def masked_expression(word: str) -> str | None:
    """Return what finds a word of which the first letter alone is left; None where that could be many words."""
    return rf"{_BEFORE}{word[0]}[*@#$%!&]{{{len(word) - 1}}}" if word in _FIRST_ALONE else None


def _edge(run: tuple[str, int], *, is_long: bool, begins: bool) -> str:
    letter, count = run
    plain = f"[{letter}{_DIGITS.get(letter, '') if is_long else ''}]{_times(count)}"
    bordered = _BEFORE + plain if begins else plain + _AFTER
    signs = "".join(sign for sign in _SIGNS.get(letter, "") if sign in "@$")
    return f"(?:{bordered}|[{signs}]{_times(count)})" if signs else bordered


def _inner(run: tuple[str, int], *, is_long: bool) -> str:
    letter, count = run
    signs = _SIGNS.get(letter, "")
    if is_long:
        signs += _DIGITS.get(letter, "") + (_MASKED_VOWEL if letter in _VOWELS else _MASKED_INNER)
    unique = "".join(dict.fromkeys(letter + signs))
    return f"[{_in_class(unique)}]{_times(count)}"


def _times(count: int) -> str:
    return "+" if count == 1 else f"{{{count},}}"


def _in_class(characters: str) -> str:
    return characters.replace("-", "") + (r"\-" if "-" in characters else "")
