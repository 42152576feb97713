import random

import numpy as np
import pytest

from tests.factories.near_copies import near_copies
from textnlp.domain.duplicates.band_keys import band_keys
from textnlp.domain.errors import TextNLPError


def test_keys_depend_on_the_text_alone() -> None:
    texts = ["one two three four", None, "ONE  two three four", "", "five six seven eight"]
    keys = band_keys(texts, threshold=0.8)
    assert keys.dtype == np.uint64
    assert (keys[0] == keys[2]).all()
    assert not keys[1].any()
    assert keys[[0, 3, 4]].all()
    assert (band_keys(texts[4:], threshold=0.8) == keys[4:]).all()
    assert len(set(keys[0].tolist())) == keys.shape[1]


def test_no_keys_are_in_common_across_bands() -> None:
    keys = band_keys([f"{number} b c d e" for number in range(300)], threshold=0.8)
    assert not set(keys[:, 0].tolist()) & set(keys[:, 1].tolist())


@pytest.mark.parametrize("threshold", [0.5, 0.8, 0.9])
def test_texts_at_the_threshold_share_a_key_in_99_of_100_cases(threshold: float) -> None:
    pairs = near_copies(random.Random(3), count=1_500, words=102, similarity=threshold)
    first, second = (band_keys([pair[side] for pair in pairs], threshold=threshold) for side in (0, 1))
    assert (first == second).any(axis=1).mean() > 0.99


def test_texts_far_below_the_threshold_hardly_share_a_key() -> None:
    pairs = near_copies(random.Random(4), count=1_500, words=102, similarity=0.2)
    first, second = (band_keys([pair[side] for pair in pairs], threshold=0.8) for side in (0, 1))
    assert (first == second).any(axis=1).mean() < 0.01


@pytest.mark.parametrize("threshold", [0, 1, -1, 2])
def test_a_threshold_lies_between_0_and_1(threshold: float) -> None:
    with pytest.raises(TextNLPError, match="between 0 and 1"):
        band_keys([], threshold=threshold)


def test_no_texts_have_no_keys() -> None:
    assert band_keys([], threshold=0.8).shape[0] == 0
