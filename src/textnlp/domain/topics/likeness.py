"""When two topics say the same."""

import math
import re
import unicodedata
import zlib

NEAR_EQUAL = 0.85
"""Share of three-letter pieces from which on two topics are taken for one."""

MAX_TOPIC_CHARACTERS = 200

_GRAM = 3
_ROUNDING = 1e-9
_NUMBERING = re.compile(r"^(?:[-*•–—]+\s+|\(?\d{1,3}[.):]\s+|\(?[a-zA-Z][.)]\s+|#+\s+)+")  # noqa: RUF001  as models write
_QUOTES = "\"'`“”„‘’«»*_ "  # noqa: RUF001  as models write them
_JOINERS = "\u200c\u200d"
_WORD = re.compile(r"[\w+#]+")
_DIGITS = re.compile(r"\d+")


def tidy_topic(text: str) -> str:
    """Return a topic as one line without numbering, quotes around it and a full stop behind it.

    Empty where there is no letter or digit in it, or more than 200 characters.
    """
    shown = "".join(" " if _is_unseen(each) else each for each in text)
    line = _NUMBERING.sub("", " ".join(shown.split())).strip(_QUOTES).rstrip(".;,:").strip(_QUOTES)
    return line if len(line) <= MAX_TOPIC_CHARACTERS and topic_key(line) else ""


def topic_key(text: str) -> str:
    """Return what topics have in common that differ in case, spaces, punctuation or form of characters (NFKC) only.

    `+` and `#` count as letters, for the sake of C, C++ and C#.
    """
    return " ".join(_WORD.findall(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())))


class TopicRegister:
    """Topics that are there, asked for one that says the same as another.

    Two say the same when their keys are equal, or when the Jaccard similarity of their three-letter pieces (Broder,
    "On the resemblance and containment of documents", 1997) is `near` or more and they hold the same numbers: the
    18th century is not the 19th. It is found exactly and without comparing all pairs, by the prefix filter of
    Chaudhuri, Ganti and Kaushik ("A primitive operator for similarity joins in data cleaning", 2006): in any fixed
    order of pieces, two sets that are so alike share one of the first `n - ⌈near · n⌉ + 1`.
    """

    def __init__(self, *, near: float = NEAR_EQUAL) -> None:
        self._near = near
        self._texts: dict[str, str] = {}
        self._grams: dict[str, frozenset[str]] = {}
        self._by_gram: dict[str, list[str]] = {}

    def __len__(self) -> int:
        return len(self._texts)

    def find(self, text: str) -> str | None:
        """Return the topic that says the same as `text`, as it was added; None where there is none."""
        key = topic_key(text)
        if key in self._texts:
            return self._texts[key]
        grams, numbers = _grams(key), _DIGITS.findall(key)
        seen: set[str] = set()
        for gram in self._prefix(grams):
            for other in self._by_gram.get(gram, ()):
                if other in seen:
                    continue
                seen.add(other)
                is_alike = _are_alike(grams, self._grams[other], near=self._near)
                if is_alike and _DIGITS.findall(other) == numbers:
                    return self._texts[other]
        return None

    def add(self, text: str) -> str | None:
        """Add a topic and return None, or return the one that is there and says the same."""
        found = self.find(text)
        if found is not None:
            return found
        key = topic_key(text)
        grams = _grams(key)
        self._texts[key] = text
        self._grams[key] = grams
        for gram in self._prefix(grams):
            self._by_gram.setdefault(gram, []).append(key)
        return None

    def _prefix(self, grams: frozenset[str]) -> list[str]:
        return sorted(grams, key=_rarest_first)[: len(grams) - math.ceil(self._near * len(grams) - _ROUNDING) + 1]


def _is_unseen(character: str) -> bool:
    """Whether a character has no form of its own; the two joiners, which some scripts need, do not count."""
    return unicodedata.category(character)[0] == "C" and character not in _JOINERS


def _grams(key: str) -> frozenset[str]:
    padded = f" {key} "
    return frozenset(padded[start : start + _GRAM] for start in range(max(1, len(padded) - _GRAM + 1)))


def _rarest_first(gram: str) -> tuple[bool, int]:
    """Order pieces so that those many topics have come late; any order finds the same, this one finds it sooner."""
    return " " in gram, zlib.crc32(gram.encode())


def _are_alike(one: frozenset[str], other: frozenset[str], *, near: float) -> bool:
    if min(len(one), len(other)) < near * max(len(one), len(other)) - _ROUNDING:
        return False
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared) >= near
