import random
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.duplicates.near_duplicates import NearDuplicates
from textnlp.domain.errors import ErrorKind, TextNLPError

THRESHOLDS = [0.1, 0.3, 0.5, 0.7, 0.9, 0.95]
WORD_LISTS = st.lists(st.sampled_from("abcdef"), max_size=9)


def jaccard(one: str, other: str) -> float:
    """Compare two texts in the plainest way."""
    first, second = runs_of(one), runs_of(other)
    return len(first & second) / len(first | second)


def runs_of(text: str) -> set[tuple[str, ...]]:
    words = text.lower().split()
    return {tuple(words[place : place + 3]) for place in range(len(words) - 2)} or {tuple(words)}


def varied(rng: random.Random, words: list[str], changes: int) -> str:
    changed = list(words)
    for place in rng.sample(range(len(words)), changes):
        changed[place] = f"changed{rng.random()}"
    return " ".join(changed)


@pytest.mark.parametrize("threshold", THRESHOLDS)
def test_pairs_above_the_threshold_are_found_and_none_below_it(threshold: float) -> None:
    rng = random.Random(7)
    looked_for = found = 0
    for _ in range(150):
        words = [f"w{rng.randrange(500)}" for _ in range(rng.randrange(20, 90))]
        one, other = " ".join(words), varied(rng, words, rng.randrange(8))
        seen = NearDuplicates(threshold=threshold)
        seen.add(one, 5)
        similarity, is_found = jaccard(one, other), seen.find(other) == 5
        assert similarity >= threshold or not is_found
        looked_for += similarity >= threshold
        found += is_found
    assert looked_for > 15
    assert found >= 0.98 * looked_for


@given(texts=st.lists(WORD_LISTS.map(" ".join), max_size=12), threshold=st.sampled_from(THRESHOLDS))
def test_what_is_found_is_always_that_similar(texts: list[str], threshold: float) -> None:
    seen = NearDuplicates(threshold=threshold)
    for number, text in enumerate(texts):
        found = seen.find(text)
        assert found is None or jaccard(texts[found], text) >= threshold
        assert found is not None or text not in texts[:number]
        seen.add(text, number)


def test_the_first_of_many_similar_texts_is_told() -> None:
    rng = random.Random(3)
    words = [f"w{number}" for number in range(80)]
    texts = [varied(rng, words, 1) for _ in range(700)]
    seen = NearDuplicates(threshold=0.8)
    for number, text in enumerate(texts):
        seen.add(text, 1_000 + number)
    assert all(jaccard(one, other) >= 0.8 for one, other in combinations(texts[:9], 2))
    assert seen.find(texts[600]) == 1_000


@pytest.mark.parametrize("threshold", [0.9, 1.0])
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The kettle  boils\nwell today.", "the KETTLE boils well today. "),
        ("ﬁne straße in the town", "FINE STRASSE in the town"),
        ("Yes", " yes "),
        ("", " \n"),
        ("我在厨房里烧水", "我在厨房里烧水"),
        ("a \ud800 lone one", "a \ud800 lone one"),
    ],
)
def test_case_and_spaces_make_no_difference(threshold: float, one: str, other: str) -> None:
    seen = NearDuplicates(threshold=threshold)
    seen.add(one, 3)
    assert seen.find(other) == 3


@pytest.mark.parametrize("threshold", [0.9, 1.0])
@pytest.mark.parametrize(("one", "other"), [("a b", "a c"), ("a", ""), ("a b", "a b c"), ("a-b", "a b")])
def test_short_texts_are_compared_as_a_whole(threshold: float, one: str, other: str) -> None:
    seen = NearDuplicates(threshold=threshold)
    seen.add(one, 1)
    assert seen.find(other) is None


def test_texts_without_spaces_are_compared_by_their_characters() -> None:
    seen = NearDuplicates(threshold=0.6)
    seen.add("这个水壶烧水很快而且用起来非常方便我很喜欢", 1)
    assert seen.find("这个水壶烧水很快而且用起来非常方便我很满意") == 1
    assert seen.find("我们昨天去了城外的山上看日出") is None


def test_only_equal_texts_are_duplicates_at_one() -> None:
    seen = NearDuplicates(threshold=1)
    seen.add("one two three four five six", 1)
    seen.add("one two three four five six", 2)
    assert seen.find("one two three four five six") == 1
    assert seen.find("one two three four five seven") is None


@pytest.mark.parametrize("threshold", [0, -1, 1.1, float("nan")])
def test_a_threshold_is_a_share(threshold: float) -> None:
    with pytest.raises(TextNLPError) as caught:
        NearDuplicates(threshold=threshold)
    assert caught.value.kind is ErrorKind.INVALID_INPUT
    assert caught.value.facts.field == "threshold"


@pytest.mark.parametrize("threshold", [1e-300, 0.01, 0.999999999])
def test_any_share_will_do(threshold: float) -> None:
    seen = NearDuplicates(threshold=threshold)
    seen.add("a b c d e", 1)
    assert seen.find("a b c d e") == 1
    assert seen.find("v w x y z") is None
