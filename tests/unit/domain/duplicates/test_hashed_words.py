import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.duplicates.hashed_words import hash_words, words_of
from textnlp.domain.matching.normalisation import normalised

_TEXTS = st.lists(
    st.one_of(
        st.none(),
        st.text(max_size=60),
        st.lists(
            st.sampled_from(["A", "a", "straße", "STRASSE", "日本語", "x" * 9, "X" * 9, "\x1c", "\u00a0", " "])
        ).map(" ".join),
    ),
    max_size=12,
)


@given(_TEXTS)
def test_words_are_those_that_texts_are_compared_by(texts: list[str | None]) -> None:
    for text in texts:
        told = (text or "").encode("utf-8", "replace").decode()
        assert words_of(told) == normalised(told).split()


@given(_TEXTS)
def test_hashes_are_equal_where_words_are(texts: list[str | None]) -> None:
    hashed = hash_words(texts)
    words = [word for text in texts for word in normalised((text or "").encode("utf-8", "replace").decode()).split()]
    assert len(hashed.hashes) == len(words) == hashed.offsets[-1]
    by_hash = dict(zip(hashed.hashes.tolist(), words, strict=True))
    assert [by_hash[value] for value in hashed.hashes.tolist()] == words
    assert len(by_hash) == len(set(words))
    assert hashed.lengths.tolist() == [len(word) for word in words]
    assert hashed.is_null.tolist() == [text is None for text in texts]


@given(_TEXTS, st.integers(min_value=1, max_value=4))
def test_runs_stay_within_a_text(texts: list[str | None], length: int) -> None:
    hashed = hash_words(texts)
    firsts, hashes = hashed.runs(length)
    runs = [
        tuple(words[place : place + length])
        for words in (normalised((text or "").encode("utf-8", "replace").decode()).split() for text in texts)
        for place in range(len(words) - length + 1)
    ]
    assert len(firsts) == len(runs)
    assert len(set(hashes.tolist())) == len(set(runs))


def test_words_do_not_depend_on_what_stands_around_them() -> None:
    alone = hash_words(["alpha"]).hashes[0]
    assert hash_words(["x", "Alpha", "beta alpha"]).hashes.tolist()[1::2] == [alone, alone]


def test_hashes_are_the_same_on_every_machine() -> None:
    assert [f"{value:x}" for value in hash_words(["word longer-than-eight"]).hashes.tolist()] == [
        "ccd8289b2b025aef",
        "bc76f89ff4256752",
    ]


def test_long_words_differ_wherever_they_do() -> None:
    word = "a" * 100_000
    texts = [word, word + "a", "b" + word[1:], word[:-1] + "b", word[:50_000] + "b" + word[50_001:]]
    assert len(set(hash_words(texts).hashes.tolist())) == len(texts)


def test_punctuation_does_not_count_where_words_have_no_marks() -> None:
    assert words_of("“It's—so he said—«naïve», no?” 3.14", has_marks=False) == [
        "it",
        "s",
        "so",
        "he",
        "said",
        "naïve",
        "no",
        "3",
        "14",
    ]


def test_a_part_of_a_series_has_its_own_words() -> None:
    series = pl.Series(["one two", None, "three", "four five six"])[1:3]
    assert hash_words(series).hashes.tolist() == hash_words(["three"]).hashes.tolist()
    assert hash_words(series).counts.tolist() == [0, 1]


def test_no_texts_have_no_words() -> None:
    assert len(hash_words([])) == 0
    assert hash_words([None]).counts.tolist() == [0]
