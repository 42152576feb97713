import polars as pl

from textnlp.domain.diversity.text_diversity import SAMPLE, TextDiversity

_ENGLISH = "The kettle boils a litre of water in less than three minutes, number {}."
_GERMAN = "Der Wasserkocher bringt einen Liter in weniger als drei Minuten zum Kochen, Nummer {}."


def test_figures_are_the_same_however_texts_come() -> None:
    texts = pl.Series([_ENGLISH.format(number) for number in range(2_000)])
    whole, pieces = TextDiversity(seed=3), TextDiversity(seed=3)
    whole.add(texts)
    for begin in range(0, 2_000, 150):
        pieces.add(texts.slice(begin, 150))
    one, other = whole.figures(), pieces.figures()
    assert (one.grams, one.self_bleu, one.compression, one.languages) == (
        *(other.grams, other.self_bleu, other.compression, other.languages),
    )
    assert (one.texts, one.sampled) == (2_000, SAMPLE)
    assert one.words == 2_000 * 14


def test_languages_are_counted() -> None:
    diversity = TextDiversity()
    texts = [_ENGLISH.format(number) for number in range(9)] + [_GERMAN.format(number) for number in range(4)]
    diversity.add(pl.Series([*texts, None]))
    figures = diversity.figures()
    assert figures.texts == 13
    assert figures.languages == {"en": 9, "de": 4}


def test_no_texts_have_no_measures() -> None:
    diversity = TextDiversity()
    diversity.add(pl.Series([None, None], dtype=pl.String))
    figures = diversity.figures()
    assert (figures.texts, figures.words, figures.languages) == (0, 0, {})
    assert (figures.self_bleu, figures.compression, figures.heaps) == (None, None, None)
