"""What a person is looked for by, in every form in which the platform writes text."""

import functools
import hashlib
import hmac
import html
import json
import re
import unicodedata
from collections.abc import Iterable
from html.entities import codepoint2name
from urllib.parse import quote

from textnlp.domain.errors import invalid_input

LEAST_CHARACTERS = 3
MOST_CHARACTERS = 500
MOST_TERMS = 100
LONGEST_FORM_BYTES = MOST_CHARACTERS * 32
"""More than the longest form of a term takes, but for white space: what two pieces of a stream must share."""

_SPACE = (
    rb"(?:[\s\xa0+]|\xc2\xa0|\xe2\x80[\x80-\x8a\xa8\xa9\xaf]"
    rb"|\\+[nrt]|\\+u00(?:20|a0|09|0a|0d)|%20|%0a|&nbsp;|&#32;)+"
)

_EVERY_BACKSLASH = re.compile(rb"\\\\")
"""In a pattern; JSON in JSON has two for one, and so on."""


class SearchTerms:
    """Texts that name a person: e-mail addresses, names, ids, or any other.

    A term is found wherever its characters stand, inside longer words too, whatever their case; white space of any kind
    and length is one, and an accent may be part of its letter or stand for itself. It is found in plain text, in JSON
    with or without escapes, in HTML and in addresses with `%`.
    """

    def __init__(self, terms: tuple[str, ...]) -> None:
        self.terms = terms
        forms = dict.fromkeys(_form_of(form) for term in terms for form in (term, unicodedata.normalize("NFC", term)))
        self._pattern = re.compile(b"|".join(forms), re.IGNORECASE)

    def are_in(self, data: bytes) -> bool:
        """Tell whether one of the terms is in bytes of text."""
        return self._pattern.search(data) is not None

    def are_in_text(self, text: str) -> bool:
        """Tell whether one of the terms is in a text."""
        return self.are_in(text.encode("utf-8", "surrogatepass"))

    def overwritten(self, data: bytes, *, fill: bytes = b"x") -> bytes:
        """Return text of the same length with each term in it written over."""
        return self._pattern.sub(lambda match: fill * (match.end() - match.start()), data)

    def renamed(self, path: str, *, key: bytes) -> str:
        """Return a path without the terms, the same for the same path; `key` keeps others from guessing what it was."""
        told = hmac.new(key, path.encode(), hashlib.sha256).hexdigest()[:12].encode()
        return self._pattern.sub(b"erased-" + told, path.encode()).decode("utf-8", "replace")

    def digests(self, salt: bytes) -> list[str]:
        """Return a slow, salted hash of each term, sorted; whoever has the terms can tell by it that they are meant."""
        return sorted(_digest(term, salt) for term in self.terms)


def read_terms(given: Iterable[str]) -> SearchTerms:
    """Read terms, each once and without white space around it.

    Raises `INVALID_INPUT` for none, for too many, and for one of fewer than 3 or more than 500 characters.
    """
    terms = tuple(dict.fromkeys(term.strip() for term in given if term.strip()))
    if not 0 < len(terms) <= MOST_TERMS:
        raise invalid_input(f"Give 1 to {MOST_TERMS} terms; there are {len(terms)}.", field="term")
    for term in terms:
        if not LEAST_CHARACTERS <= len(term) <= MOST_CHARACTERS:
            told = f"A term has {LEAST_CHARACTERS} to {MOST_CHARACTERS} characters; one has {len(term)}."
            raise invalid_input(told, field="term")
    return SearchTerms(terms)


def _digest(term: str, salt: bytes) -> str:
    folded = " ".join(unicodedata.normalize("NFC", term).casefold().split()).encode("utf-8", "surrogatepass")
    return hashlib.scrypt(folded, salt=salt, n=2**14, r=8, p=1, dklen=32).hex()


def _form_of(term: str) -> bytes:
    return b"".join(_SPACE if part.isspace() else _form_of_character(part) for part in re.findall(r"\s+|\S", term))


@functools.lru_cache(maxsize=1_024)
def _form_of_character(character: str) -> bytes:
    if character.isascii() and character.isalnum():
        return character.encode()
    cased = {character, character.lower(), character.upper(), character.casefold()}
    written = cased | {unicodedata.normalize("NFD", each) for each in cased}
    escaped = {re.escape(form) for each in written for form in _escapes_of(each)}
    forms = sorted((_EVERY_BACKSLASH.sub(rb"\\\\+", form) for form in escaped), key=_longest_first)
    return b"(?:" + b"|".join(forms) + b")"


def _longest_first(form: bytes) -> tuple[int, bytes]:
    return -len(form), form


def _escapes_of(text: str) -> set[bytes]:
    units = text.encode("utf-16-be", "surrogatepass")
    escaped = "".join(f"\\u{units[place : place + 2].hex()}" for place in range(0, len(units), 2))
    named = "".join(f"&{codepoint2name.get(ord(each))};" if ord(each) in codepoint2name else each for each in text)
    numbered = "".join(f"&#{ord(each)};" for each in text)
    hexadecimal = "".join(f"&#x{ord(each):x};" for each in text)
    forms = {text, escaped, named, numbered, hexadecimal}
    forms |= {html.escape(text), quote(text, safe=""), json.dumps(text)[1:-1]}
    if text in {'"', "\\", "/"}:
        forms.add(f"\\{text}")
    return {form.encode("utf-8", "surrogatepass") for form in forms}
