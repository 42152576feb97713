from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest

from textnlp.domain.duplicates.semantic_text_index import SemanticTextIndex
from textnlp.domain.duplicates.text_index import text_index
from textnlp.domain.errors import TextNLPError

_MEANINGS = {"cat": [1.0, 0.0], "kitten": [0.99, 0.1], "car": [0.0, 1.0]}


def _embed(texts: Sequence[str]) -> npt.ArrayLike:
    return [_MEANINGS[text] for text in texts]


def test_texts_that_mean_the_same_are_found_and_nulls_mean_nothing() -> None:
    index = SemanticTextIndex(_embed, threshold=0.9)
    index.add([None, None])
    index.add(["cat", None, "car", "kitten"], ranks=[0, 5, 0, 1])
    found = index.clusters()
    assert (found.removed.tolist(), found.keepers.tolist()) == ([2], [5])


def test_texts_of_earlier_datasets_are_kept() -> None:
    index = text_index("semantic", threshold=0.9, embed=_embed)
    index.prime(["kitten"], dataset="old")
    index.add(["cat", "car"])
    assert [(each.row, str(each.keeper)) for each in index.clusters().removals()] == [(0, "old:0")]


def test_meanings_need_somebody_who_knows_them() -> None:
    with pytest.raises(TextNLPError, match="cannot be looked for from here"):
        text_index("semantic", threshold=0.9)


def test_without_texts_nothing_is_embedded() -> None:
    index = SemanticTextIndex(lambda _: np.zeros((0, 0)), threshold=0.5)
    index.add([None])
    assert index.clusters().count == 1
