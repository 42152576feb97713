"""How diverse the texts of a column are, gathered batch by batch in bounded memory."""

from collections import Counter
from dataclasses import dataclass

import polars as pl

from textnlp.domain.diversity.bleu import self_bleu
from textnlp.domain.diversity.compression import compression_ratio
from textnlp.domain.diversity.reservoir import Reservoir
from textnlp.domain.diversity.vocabulary import DistinctGrams, Vocabulary, heaps_exponent
from textnlp.domain.texts.language import probabilities

SAMPLE = 1_000
_LONGEST_CHARACTERS = 20_000
_NO_LANGUAGE = "und"


@dataclass(frozen=True, slots=True, kw_only=True)
class DiversityFigures:
    """How diverse texts are.

    Attributes:
        texts: how many there are.
        sampled: how many of them, drawn evenly, self-BLEU, the compression ratio and languages were found on.
        words: all words.
        grams: runs of one to three words.
        growth: words and different words on the way, in order.
        heaps: see `heaps_exponent`.
        self_bleu: see `self_bleu`; higher is less diverse.
        compression: see `compression_ratio`; higher is less diverse.
        languages: sampled texts by ISO 639 code, `und` where none can be told, the most frequent first.
    """

    texts: int
    sampled: int
    words: int
    grams: tuple[DistinctGrams, ...]
    growth: tuple[tuple[int, int], ...]
    heaps: float | None
    self_bleu: float | None
    compression: float | None
    languages: dict[str, int]


class TextDiversity:
    """Words are counted of all texts; what is dear is measured on an even sample of 1,000.

    Of a text, the first 20,000 characters are looked at.
    """

    def __init__(self, *, seed: int = 0) -> None:
        self._seed = seed
        self._vocabulary = Vocabulary()
        self._sample = Reservoir[str](SAMPLE, seed=seed)

    def add(self, texts: pl.Series) -> None:
        """Count texts in; nulls are left out."""
        known = texts.drop_nulls().str.head(_LONGEST_CHARACTERS)
        self._vocabulary.add(known)
        self._sample.add(known.to_list())

    def figures(self) -> DiversityFigures:
        """Return the figures of the texts so far."""
        sample = self._sample.items
        growth = self._vocabulary.growth()
        return DiversityFigures(
            texts=self._sample.seen,
            sampled=len(sample),
            words=self._vocabulary.words,
            grams=self._vocabulary.grams(),
            growth=growth,
            heaps=heaps_exponent(growth),
            self_bleu=self_bleu(sample, seed=self._seed),
            compression=compression_ratio(sample),
            languages=_languages(sample),
        )


def _languages(texts: list[str]) -> dict[str, int]:
    if not texts:
        return {}
    _, likeliest = probabilities(pl.Series(texts, dtype=pl.String), frozenset())
    return dict(Counter(code or _NO_LANGUAGE for code in likeliest).most_common())
