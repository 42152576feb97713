"""How hard a text is to read, by published formulas."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from textnlp.domain.matching.word_table import Ratios, share
from textnlp.domain.texts.sentences import SENTENCE_END

_WORD = "\\p{L}[\\p{L}\\p{M}'\u2019]*(?:-\\p{L}[\\p{L}\\p{M}'\u2019]*)*"
_LETTERS = r"[\p{L}\p{N}]"
_COMPLEX = 3
_VOWELS: Mapping[str, str] = {
    "en": r"[aeiouy]+",
    "de": r"(?:[aeiouyäöü]|ei|au|eu|äu|ie)+",
    "es": r"(?:[aeo]|[aeoáéó]?[iu][aeoáéó]|[áéíóúü]|[aeo][iuy]|[iu]|y(?:$|[^aeiou]))",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TextCounts:
    """What formulas are made of, by text; digits count as letters, and complex words have three syllables and more."""

    words: Ratios
    sentences: Ratios
    letters: Ratios
    syllables: Ratios
    complex_words: Ratios


def count_parts(texts: pl.Series, *, language: str = "en") -> TextCounts:
    """Count the parts of texts; a text with words has one sentence at least.

    Syllables are groups of vowels, of English without a silent e at the end, so that they are estimates.
    """
    plain = texts.fill_null("").str.to_lowercase()
    lists = plain.str.extract_all(_WORD)
    counts = lists.list.len().to_numpy().astype(np.int64)
    syllables = np.zeros(0, np.int64)
    if counts.any():
        syllables = _syllables(lists.explode(empty_as_null=False), language)
    text_of = np.repeat(np.arange(len(texts)), counts)
    sentences = plain.str.count_matches(SENTENCE_END).to_numpy().astype(np.float64)
    return TextCounts(
        words=counts.astype(np.float64),
        sentences=np.where(counts > 0, np.maximum(sentences, 1), 0),
        letters=plain.str.count_matches(_LETTERS).to_numpy().astype(np.float64),
        syllables=_total(text_of, syllables, len(texts)),
        complex_words=_total(text_of, syllables >= _COMPLEX, len(texts)),
    )


def _total(text_of: npt.NDArray[np.int64], values: npt.NDArray[Any], size: int) -> Ratios:
    return np.bincount(text_of, weights=values.astype(np.float64), minlength=size).astype(np.float64)


def _syllables(words: pl.Series, language: str) -> npt.NDArray[np.int64]:
    vowels = _VOWELS.get(language, _VOWELS["en"])
    spoken = words.str.replace(r"(?:[^laeiouy]es|[^dt]ed|[^laeiouy]e)$", "") if language == "en" else words
    counts = spoken.str.count_matches(vowels).to_numpy().astype(np.int64)
    return np.maximum(counts, 1)


def flesch_reading_ease(counts: TextCounts) -> Ratios:
    """Flesch, "A new readability yardstick" (1948): 100 is very easy, 0 very hard."""
    return 206.835 - 1.015 * _words_a_sentence(counts) - 84.6 * share(counts.syllables, counts.words)


def flesch_kincaid_grade(counts: TextCounts) -> Ratios:
    """Kincaid et al. (1975): school years in the United States."""
    return 0.39 * _words_a_sentence(counts) + 11.8 * share(counts.syllables, counts.words) - 15.59


def gunning_fog(counts: TextCounts) -> Ratios:
    """Gunning, "The Technique of Clear Writing" (1952): school years."""
    return 0.4 * (_words_a_sentence(counts) + 100 * share(counts.complex_words, counts.words))


def smog(counts: TextCounts) -> Ratios:
    """McLaughlin, "SMOG grading" (1969): school years; meant for 30 sentences and more."""
    return 1.0430 * np.sqrt(counts.complex_words * share(np.full(len(counts.words), 30.0), counts.sentences)) + 3.1291


def coleman_liau(counts: TextCounts) -> Ratios:
    """Coleman and Liau (1975): school years, by letters and sentences in 100 words."""
    letters = 100 * share(counts.letters, counts.words)
    return 0.0588 * letters - 0.296 * 100 * share(counts.sentences, counts.words) - 15.8


def automated_readability(counts: TextCounts) -> Ratios:
    """Senter and Smith (1967): school years."""
    return 4.71 * share(counts.letters, counts.words) + 0.5 * _words_a_sentence(counts) - 21.43


def amstad(counts: TextCounts) -> Ratios:
    """Amstad, "Wie verständlich sind unsere Zeitungen?" (1978): Flesch's ease for German."""
    return 180 - _words_a_sentence(counts) - 58.5 * share(counts.syllables, counts.words)


def fernandez_huerta(counts: TextCounts) -> Ratios:
    """Fernández Huerta, "Medidas sencillas de lecturabilidad" (1959): Flesch's ease for Spanish."""
    return 206.84 - 60 * share(counts.syllables, counts.words) - 1.02 * _words_a_sentence(counts)


FORMULAS: Mapping[str, tuple[str, Callable[[TextCounts], Ratios]]] = {
    "flesch_reading_ease": ("en", flesch_reading_ease),
    "flesch_kincaid_grade": ("en", flesch_kincaid_grade),
    "gunning_fog": ("en", gunning_fog),
    "smog": ("en", smog),
    "coleman_liau": ("en", coleman_liau),
    "automated_readability": ("en", automated_readability),
    "amstad": ("de", amstad),
    "fernandez_huerta": ("es", fernandez_huerta),
}
"""By name, the language whose syllables are counted, and the formula."""


def readability(texts: pl.Series, formula: str) -> Ratios:
    """Return the measure of a formula by text; nan where a text has no words."""
    language, measure = FORMULAS[formula]
    counts = count_parts(texts, language=language)
    return np.where(counts.words > 0, measure(counts), np.nan)


def _words_a_sentence(counts: TextCounts) -> Ratios:
    return share(counts.words, counts.sentences)
