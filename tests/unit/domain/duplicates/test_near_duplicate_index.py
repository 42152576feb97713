import random
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories.near_copies import near_copies, shingles_of
from textnlp.domain.duplicates.clusters import Clusters
from textnlp.domain.duplicates.near_duplicate_index import NearDuplicateIndex
from textnlp.domain.duplicates.near_duplicates import NearDuplicates
from textnlp.domain.errors import ErrorKind, TextNLPError

_TEXTS = st.lists(
    st.lists(st.sampled_from(["a", "b", "c", "D", "é", "日本", "ß", "ss"]), max_size=8).map(" ".join),
    min_size=1,
    max_size=14,
)


def _clusters(texts: list[str | None], threshold: float = 0.8) -> Clusters:
    index = NearDuplicateIndex(threshold=threshold)
    index.add(texts)
    return index.clusters()


def _kept_in_order(texts: list[str], threshold: float, order: list[int]) -> dict[int, int]:
    """Compare every text with every other one."""
    sets = [shingles_of(text) for text in texts]
    kept: list[int] = []
    found: dict[int, int] = {}
    for row in order:
        for keeper in kept:
            if len(sets[row] & sets[keeper]) / len(sets[row] | sets[keeper]) >= threshold:
                found[row] = keeper
                break
        else:
            kept.append(row)
    return found


@given(st.lists(st.sampled_from("abcdefgh"), min_size=3, max_size=30), st.data())
def test_two_texts_are_judged_as_near_duplicates_judges_them(words: list[str], data: st.DataObject) -> None:
    threshold = data.draw(st.sampled_from([0.3, 0.5, 0.8, 0.9]))
    others = list(words)
    for _ in range(data.draw(st.integers(0, 3))):
        others[data.draw(st.integers(0, len(words) - 1))] = data.draw(st.sampled_from(["é", "ẞ", "B", "日本"]))
    texts = [" ".join(words), " \n".join(others)]
    known = NearDuplicates(threshold=threshold)
    known.add(texts[0], 0)
    first, second = (shingles_of(text) for text in texts)
    similarity = len(first & second) / len(first | second)
    twice = bool(_clusters(list(texts), threshold).removed.tolist())
    assert twice == (similarity >= threshold)
    assert known.find(texts[1]) == (0 if twice else None)


@settings(max_examples=60)
@given(_TEXTS, st.sampled_from([0.2, 0.3, 0.5]))
def test_what_a_run_turns_away_one_by_one_is_what_is_removed(texts: list[str], threshold: float) -> None:
    known, expected = NearDuplicates(threshold=threshold), dict[int, int]()
    for row, text in enumerate(texts):
        twin = known.find(text)
        if twin is None:
            known.add(text, row)
        else:
            expected[row] = twin
    found = _clusters(list(texts), threshold)
    assert dict(zip(found.removed.tolist(), found.keepers.tolist(), strict=True)) == expected
    assert expected == _kept_in_order(texts, threshold, list(range(len(texts))))


@settings(max_examples=60)
@given(_TEXTS, st.data())
def test_rows_of_a_higher_rank_are_rather_kept(texts: list[str], data: st.DataObject) -> None:
    ranks = data.draw(st.lists(st.integers(0, 2), min_size=len(texts), max_size=len(texts)))
    index = NearDuplicateIndex(threshold=0.3)
    index.add(list(texts), ranks=ranks)
    found = index.clusters()
    expected = _kept_in_order(texts, 0.3, sorted(range(len(texts)), key=lambda row: -ranks[row]))
    assert dict(zip(found.removed.tolist(), found.keepers.tolist(), strict=True)) == expected


def test_large_sets_are_chosen_from_as_small_ones_are() -> None:
    rng = random.Random(4)
    lengths = [rng.randint(18, 30) for _ in range(1_500)]
    texts = [" ".join(f"w{place}" if rng.random() < 0.95 else "x" for place in range(most)) for most in lengths]
    found = _clusters(list(texts), 0.5)
    expected = _kept_in_order(texts, 0.5, list(range(len(texts))))
    assert dict(zip(found.removed.tolist(), found.keepers.tolist(), strict=True)) == expected
    assert 0 < len(texts) - len(expected) < len(texts) / 2


@settings(max_examples=20)
@given(_TEXTS, st.integers(1, 5))
def test_batches_do_not_matter(texts: list[str], size: int) -> None:
    whole = _clusters([*texts, None])
    index = NearDuplicateIndex(threshold=0.8)
    for first in range(0, len(texts), size):
        index.add(pl.Series(texts[first : first + size]))
    index.add([None])
    assert list(index.clusters().removals()) == list(whole.removals())
    assert len(index) == len(texts) + 1


def test_known_near_duplicates_are_found_and_others_are_not() -> None:
    rng = random.Random(5)
    near = near_copies(rng, count=700, words=62, similarity=0.85)
    far = near_copies(rng, count=700, words=62, similarity=0.74)
    texts = [*(first for first, _ in near + far), *(second for _, second in near + far)]
    found = _clusters(list(texts))
    expected = np.arange(1_400, 2_100)
    assert found.removed.tolist() == expected.tolist()
    assert (found.keepers == found.removed - 1_400).all()
    assert (found.similarities >= 0.8).all()


def test_threads_and_a_file_change_nothing(tmp_path: Path) -> None:
    texts = [text for pair in near_copies(random.Random(6), count=900, words=30, similarity=0.85) for text in pair]
    expected = list(_clusters(list(texts)).removals())
    with ThreadPoolExecutor(2) as executor, tempfile.TemporaryFile(dir=tmp_path) as spill:
        index = NearDuplicateIndex(threshold=0.8, spill=spill, executor=executor)
        index.add(texts[:1_000])
        index.clusters()
        index.add(texts[1_000:])
        assert list(index.clusters().removals()) == expected
    assert len(expected) > 850


def test_nulls_repeat_nothing_and_empty_texts_each_other() -> None:
    found = _clusters([None, "", None, " \t", "a"])
    assert found.removed.tolist() == [3]
    assert found.similarities.tolist() == [1]


def test_the_highest_rank_is_kept() -> None:
    text = "one two three four five six seven eight nine ten"
    index = NearDuplicateIndex(threshold=0.6)
    index.add([text, f"{text} eleven"], ranks=[1, float("nan")])
    index.add([text.upper(), "other"], ranks=[3, 0])
    found = index.clusters()
    assert found.removed.tolist() == [0, 1]
    assert found.keepers.tolist() == [2, 2]
    assert found.similarities.tolist() == [1, 8 / 9]


def test_earlier_rows_are_kept_and_named() -> None:
    text = "one two three four five six seven eight nine ten"
    index = NearDuplicateIndex(threshold=0.6)
    index.prime(["nothing of that kind", "more"], dataset="first")
    index.prime([text], dataset="second")
    index.prime([text.upper()], dataset="second")
    index.add([f"{text} eleven", "a text that is alone", text], ranks=[9, 0, 9])
    found = index.clusters()
    assert [(each.row, str(each.keeper)) for each in found.removals()] == [(0, "second:0"), (2, "second:0")]


def test_earlier_rows_are_not_removed_where_they_repeat_each_other() -> None:
    index = NearDuplicateIndex(threshold=0.6)
    index.prime(["one two three"] * 3, dataset="first")
    index.add(["four five six"])
    assert not index.clusters().removed.tolist()


def test_earlier_rows_come_first() -> None:
    index = NearDuplicateIndex(threshold=0.6)
    index.prime(["one"], dataset="first")
    index.prime(["one"], dataset="second")
    with pytest.raises(TextNLPError, match="come too late"):
        index.prime(["one"], dataset="first")
    index.add(["one"])
    with pytest.raises(TextNLPError, match="come too late") as caught:
        index.prime(["one"], dataset="second")
    assert caught.value.kind is ErrorKind.INVALID_INPUT


def test_there_are_as_many_ranks_as_texts() -> None:
    with pytest.raises(TextNLPError, match="2 rows and 1 ranks"):
        NearDuplicateIndex(threshold=0.6).add(["a", "b"], ranks=[1])


@pytest.mark.parametrize("threshold", [0, 1, -0.5, 1.5])
def test_a_threshold_lies_between_0_and_1(threshold: float) -> None:
    with pytest.raises(TextNLPError, match="between 0 and 1"):
        NearDuplicateIndex(threshold=threshold)


def test_nothing_repeats_nothing() -> None:
    assert _clusters([]).count == 0
    assert _clusters([None, None]).removed.tolist() == []


def test_many_texts_with_a_frame_in_common_are_told_apart() -> None:
    frame = " ".join(f"frame{place}" for place in range(60))
    texts = [f"{frame} {' '.join(f'{row}-{place}' for place in range(30))}" for row in range(400)]
    assert not _clusters(list(texts)).removed.tolist()
    assert len(_clusters([*texts, *texts]).removed) == 400
