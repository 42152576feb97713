import numpy as np
import polars as pl
import pytest

from textnlp.domain.texts.readability import (
    TextCounts,
    amstad,
    automated_readability,
    coleman_liau,
    count_parts,
    fernandez_huerta,
    flesch_kincaid_grade,
    flesch_reading_ease,
    gunning_fog,
    readability,
    smog,
)


def counts(
    *, words: float, sentences: float, letters: float = 0, syllables: float = 0, complex_words: float = 0
) -> TextCounts:
    return TextCounts(
        words=np.array([words]),
        sentences=np.array([sentences]),
        letters=np.array([letters]),
        syllables=np.array([syllables]),
        complex_words=np.array([complex_words]),
    )


def test_the_formulas_give_what_their_published_examples_give() -> None:
    # Coleman and Liau's abstract, in the encyclopaedia's worked example: 119 words, 5 sentences, 639 letters.
    assert coleman_liau(counts(words=119, sentences=5, letters=639))[0] == pytest.approx(14.5, abs=0.05)
    # "The cat sat on the mat." has 6 words of one syllable: the ease is 116 and the grade -1.5.
    cat = counts(words=6, sentences=1, syllables=6)
    assert flesch_reading_ease(cat)[0] == pytest.approx(116.1, abs=0.05)
    assert flesch_kincaid_grade(cat)[0] == pytest.approx(-1.5, abs=0.06)
    # A sentence of 13 words and 24 syllables scores 37.5.
    platypus = counts(words=13, sentences=1, syllables=24)
    assert flesch_reading_ease(platypus)[0] == pytest.approx(37.5, abs=0.05)
    # McLaughlin: 30 sentences with 36 words of three syllables and more are nearly grade 9.4.
    assert smog(counts(words=400, sentences=30, complex_words=36))[0] == pytest.approx(1.0430 * 6 + 3.1291)
    assert gunning_fog(counts(words=100, sentences=5, complex_words=10))[0] == pytest.approx(12.0)
    assert automated_readability(counts(words=100, sentences=5, letters=450))[0] == pytest.approx(9.765)
    assert amstad(counts(words=100, sentences=10, syllables=170))[0] == pytest.approx(180 - 10 - 58.5 * 1.7)
    assert fernandez_huerta(counts(words=100, sentences=10, syllables=190))[0] == pytest.approx(206.84 - 114 - 10.2)


@pytest.mark.parametrize(
    ("text", "syllables"),
    [("The cat sat on the mat.", 6), ("reading rhythm", 3), ("It was used and wanted.", 6), ("A beautiful day", 5)],
)
def test_syllables_are_counted_in_english(text: str, syllables: int) -> None:
    assert count_parts(pl.Series([text])).syllables[0] == syllables


def test_sentences_end_with_marks_and_not_within_numbers() -> None:
    parts = count_parts(pl.Series(["It is 3.5 metres. Is it? Yes!", "no mark at all", "", None]))
    assert parts.sentences.tolist() == [3, 1, 0, 0]
    assert parts.words.tolist() == [6, 4, 0, 0]


def test_a_text_without_words_has_no_measure() -> None:
    assert np.isnan(readability(pl.Series(["", None, "12 34"]), "gunning_fog")).all()
    assert not np.isnan(readability(pl.Series(["Das Haus steht am See."]), "amstad")).any()
