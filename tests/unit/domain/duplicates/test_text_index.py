import pytest

from textnlp.domain.duplicates.text_index import text_index


@pytest.mark.parametrize(("threshold", "removed"), [(1, [1]), (0.5, [1, 2])])
def test_the_threshold_says_how_alike_texts_are(threshold: float, removed: list[int]) -> None:
    index = text_index(threshold=threshold)
    index.add(["one two three four five six", "One two three  four five six", "one two three four five seven"])
    assert index.clusters().removed.tolist() == removed
