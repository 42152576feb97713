"""Look for toxic words and phrases in whole columns of texts."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import cast

import numpy as np
import numpy.typing as npt
import polars as pl

from textnlp.domain.matching.linear_pattern import LinearPattern
from textnlp.domain.texts.toxicity.context import phrase_score, word_score
from textnlp.domain.texts.toxicity.evasion import SPACED, joined, masked_expression, word_expression
from textnlp.domain.texts.toxicity.folding import folded
from textnlp.domain.texts.toxicity.lexicon import read_lexicon
from textnlp.domain.texts.toxicity.model import Category, Entry, Finding, Level
from textnlp.domain.texts.toxicity.phrases import Phrase, read_phrases, read_signs

_MAX_BYTES = 256 << 20
_ANYWHERE = r"\b[a-z]*f+u+c+k+[a-z]*\b"
_ROOT = Entry(word="fuck", category=Category.OBSCENITY, level=Level.STRONG)
_SPACED_PATTERN = re.compile(SPACED)
_ENGLISH = "en"
_SHOWN_CHARACTERS = 40
_NEAR = 60
_LEAST_SPACED = 4
_SURE = frozenset({Level.STRONG, Level.PLAIN})

Scores = npt.NDArray[np.float64]


class ToxicityScanner:
    """Finds what is asked for; a text without any of the words costs no more than a look of Rust at it.

    Words are found whole, however their letters are repeated, masked, spaced out, or written as digits and signs.
    """

    def __init__(self, categories: Iterable[Category], *, languages: Sequence[str]) -> None:
        wanted = frozenset(categories)
        lexicons = [read_lexicon(language) for language in languages]
        entries = [entry for lexicon in lexicons for entry in lexicon.entries() if entry.category in wanted]
        self._resolve = _Resolver(entries, finds_root=Category.OBSCENITY in wanted).entry_of
        self._words = _alternation(entries, finds_root=Category.OBSCENITY in wanted)
        self._spans = LinearPattern(self._words, max_bytes=_MAX_BYTES) if self._words else None
        unbordered = [_unbordered(entry.word) for entry in _longest_first(entries) if _may_be_spaced(entry)]
        self._joined = LinearPattern("|".join(unbordered), max_bytes=_MAX_BYTES) if unbordered else None
        harmless = [phrase for lexicon in lexicons for phrase in lexicon.harmless_phrases()]
        self._harmless = re.compile("|".join(rf"\b{re.escape(each)}(?:\b|$)" for each in harmless))
        self._neighbours = {
            word: re.compile(rf"\b(?:{'|'.join(map(re.escape, near))})")
            for lexicon in lexicons
            for word, near in lexicon.harmless_neighbours().items()
        }
        self._signs = read_signs()
        self._phrases: dict[Category, list[tuple[Phrase, LinearPattern]]] = {}
        for phrase in read_phrases() if _ENGLISH in languages else ():
            if phrase.category in wanted:
                pattern = LinearPattern(phrase.expression, max_bytes=_MAX_BYTES)
                self._phrases.setdefault(phrase.category, []).append((phrase, pattern))

    def scan(self, texts: pl.Series) -> dict[int, list[Finding]]:
        """Return by place what was found, in the order of the text."""
        plain = folded(texts)
        found: dict[int, list[Finding]] = {}
        if self._words:
            for place, text in _matching(plain, self._words):
                found.setdefault(place, []).extend(self._found_words(text))
            for place, text in _matching(plain, SPACED):
                found.setdefault(place, []).extend(self._found_spaced(text))
        for category, phrases in self._phrases.items():
            places = _places(plain, self._signs.get(category))
            some = plain.gather(places)
            for phrase, pattern in phrases:
                for place, text in _matching(some, phrase.expression):
                    found.setdefault(places[place], []).extend(_found_phrases(phrase, pattern, text))
        return {place: kept for place, each in sorted(found.items()) if (kept := _kept(each))}

    def _found_words(self, text: str) -> Iterator[Finding]:
        spans = self._spans.spans(text) if self._spans is not None else []
        harmless = [match.span() for match in self._harmless.finditer(text)]
        for start, end in spans:
            entry = self._resolve(text[start:end])
            if entry is None or any(first <= start and end <= last for first, last in harmless):
                continue
            near = self._neighbours.get(entry.word)
            if near is not None and near.search(text[max(0, start - _NEAR) : start] + text[end : end + _NEAR]):
                continue
            score = word_score(text, start=start, end=end, category=entry.category, level=entry.level)
            yield _finding(entry.category, text, start=start, end=end, score=score)

    def _found_spaced(self, text: str) -> Iterator[Finding]:
        for match in _SPACED_PATTERN.finditer(text):
            entry = self._spaced_entry(joined(match.group()))
            if entry is not None:
                start, end = match.span()
                score = word_score(text, start=start, end=end, category=entry.category, level=entry.level)
                yield _finding(entry.category, text, start=start, end=end, score=score)

    def _spaced_entry(self, letters: str) -> Entry | None:
        """Return the word that most of some single letters make."""
        piece = None if self._joined is None else self._joined.find(letters)
        return self._resolve(piece) if piece is not None and 2 * len(piece) >= len(letters) else None


@lru_cache(maxsize=8)
def toxicity_scanner(categories: frozenset[Category], languages: tuple[str, ...]) -> ToxicityScanner:
    """Return a scanner, the same for the same: one takes a fifth of a second to make."""
    return ToxicityScanner(categories, languages=languages)


def scores_of(found: Sequence[Finding]) -> dict[Category, float]:
    """Return the score of each category: the surest finding, and a little for others; explicit words add up."""
    by_category: dict[Category, list[float]] = {}
    for finding in found:
        by_category.setdefault(finding.category, []).append(finding.score)
    return {category: _together(category, scores) for category, scores in by_category.items()}


def _together(category: Category, scores: Sequence[float]) -> float:
    if category is Category.SEXUAL:
        return float(1 - np.prod(1 - np.array(scores)))
    return min(1.0, max(scores) + 0.02 * (len(scores) - 1))


def _kept(found: Sequence[Finding]) -> list[Finding]:
    return sorted((each for each in found if each.score > 0), key=lambda each: each.start)


def _finding(category: Category, text: str, *, start: int, end: int, score: float) -> Finding:
    return Finding(category=category, start=start, end=end, score=score, shown=_masked(text[start:end]))


def _masked(found: str) -> str:
    words = found.split()
    if all(len(word) == 1 for word in words):
        return found[0] + "*" * (len(words) - 1)
    shown = " ".join(word[0] + "*" * (len(word) - 1) for word in words)
    return shown if len(shown) <= _SHOWN_CHARACTERS else f"{shown[:_SHOWN_CHARACTERS]}…"


def _found_phrases(phrase: Phrase, pattern: LinearPattern, text: str) -> Iterator[Finding]:
    for start, end in pattern.spans(text):
        score = phrase_score(text, start=start, end=end, category=phrase.category, score=phrase.score)
        yield _finding(phrase.category, text, start=start, end=end, score=score)


def _places(plain: pl.Series, sign: str | None) -> list[int]:
    """Return where a sign is; everywhere where there is none."""
    if sign is None:
        return list(range(len(plain)))
    return cast("list[int]", plain.str.contains("(?-u)" + sign).arg_true().to_list())


def _matching(plain: pl.Series, expression: str) -> Iterator[tuple[int, str]]:
    places = cast("list[int]", plain.str.contains("(?-u)" + expression).arg_true().to_list())
    return zip(places, plain.gather(places), strict=True)


def _expressions(entry: Entry) -> list[str]:
    masked = masked_expression(entry.word)
    return [word_expression(entry.word), *([] if masked is None else [masked])]


def _longest_first(entries: Sequence[Entry]) -> list[Entry]:
    return sorted({entry.word: entry for entry in entries}.values(), key=lambda entry: -len(entry.word))


def _may_be_spaced(entry: Entry) -> bool:
    least = _LEAST_SPACED if entry.level in _SURE else _LEAST_SPACED + 1
    return entry.level is not Level.AIMED and entry.word.isalpha() and len(entry.word) >= least


def _unbordered(word: str) -> str:
    return word_expression(word).replace(r"\b", "")


def _alternation(entries: Sequence[Entry], *, finds_root: bool) -> str:
    expressions = [each for entry in _longest_first(entries) for each in _expressions(entry)]
    return "(?:" + "|".join([*expressions, *([_ANYWHERE] if finds_root else [])]) + ")" if expressions else ""


class _Resolver:
    """Which entry a piece of a text was found by."""

    def __init__(self, entries: Sequence[Entry], *, finds_root: bool) -> None:
        ranks = {level: rank for rank, level in enumerate(Level)}
        self._tests = [
            (re.compile("|".join(_expressions(entry))), entry)
            for entry in sorted(entries, key=lambda entry: (-len(entry.word), ranks[entry.level]))
        ]
        if finds_root:
            self._tests.append((re.compile(_ANYWHERE), _ROOT))
        self._known = lru_cache(maxsize=1 << 16)(self._entry_of)

    def entry_of(self, piece: str) -> Entry | None:
        """Return the entry; pieces that are written the same are looked up once."""
        return self._known(re.sub(r"(.)\1{3,}", r"\1\1\1", piece))

    def _entry_of(self, piece: str) -> Entry | None:
        if not re.search("[a-z]", piece):
            return None
        return next((entry for pattern, entry in self._tests if pattern.fullmatch(piece)), None)
