import numpy as np
import pytest

from textnlp.domain.duplicates.semantic_duplicate_index import SemanticDuplicateIndex
from textnlp.domain.errors import TextNLPError


def test_vectors_that_point_the_same_way_are_duplicates() -> None:
    index = SemanticDuplicateIndex(threshold=0.9)
    index.add([[1, 0], [0, 1], [5, 0.5]])
    index.add([[-1, 0], [0, 3]])
    found = index.clusters()
    assert found.removed.tolist() == [2, 4]
    assert found.similarities == pytest.approx([5 / np.hypot(5, 0.5), 1])


def test_all_pairs_above_the_threshold_are_found_across_blocks() -> None:
    rng = np.random.default_rng(1)
    originals = rng.normal(size=(2_500, 16))
    copies = originals[::-1] + rng.normal(size=(2_500, 16)) * 0.01
    index = SemanticDuplicateIndex(threshold=0.995)
    index.prime(originals[:1_000], dataset="before")
    index.add(originals[1_000:])
    index.add(copies)
    found = index.clusters()
    assert found.removed.tolist() == list(range(1_500, 4_000))
    assert found.is_earlier.sum() == 1_000
    assert found.keepers[0] == 1_499
    assert found.keepers[-1] == 0
    assert (found.similarities > 0.995).all()


def test_equal_vectors_are_found_at_a_threshold_of_1() -> None:
    vectors = np.random.default_rng(2).normal(size=(50, 384))
    index = SemanticDuplicateIndex(threshold=1)
    index.add(np.concatenate((vectors, vectors * 3)))
    assert index.clusters().removed.tolist() == list(range(50, 100))


def test_a_text_without_an_embedding_repeats_nothing() -> None:
    index = SemanticDuplicateIndex(threshold=0.1)
    index.add([[0, 0], [0, 0], [np.nan, 1], [np.nan, 1], [np.inf, 1], [0, 1]], ranks=range(6))
    assert not index.clusters().removed.tolist()
    assert len(index) == 6


def test_earlier_rows_are_kept_though_they_repeat_each_other() -> None:
    index = SemanticDuplicateIndex(threshold=0.9)
    index.prime([[1, 0], [1, 0]], dataset="before")
    index.add([[0, 1], [1, 0]])
    assert [(each.row, str(each.keeper)) for each in index.clusters().removals()] == [(1, "before:0")]


def test_no_vectors_have_no_clusters() -> None:
    assert SemanticDuplicateIndex(threshold=0.5).clusters().count == 0


def test_vectors_have_one_length_and_thresholds_a_range() -> None:
    index = SemanticDuplicateIndex(threshold=0.5)
    index.add([[1, 2]])
    with pytest.raises(TextNLPError, match="3 dimensions, and those before 2"):
        index.add([[1, 2, 3]])
    with pytest.raises(TextNLPError, match="above 0 and up to 1"):
        SemanticDuplicateIndex(threshold=0)
