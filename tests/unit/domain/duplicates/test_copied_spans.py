import difflib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.duplicates.copied_spans import copied_spans, find_canaries, source_similarities, span_words
from textnlp.domain.errors import TextNLPError

_WORDS = st.lists(st.sampled_from(["a", "b", "c", "é", "ss", "日"]), max_size=14)


@given(st.lists(st.tuples(_WORDS, _WORDS), max_size=8))
def test_the_longest_common_run_of_words_is_found(pairs: list[tuple[list[str], list[str]]]) -> None:
    texts, sources = [", ".join(first) for first, _ in pairs], [" ".join(second).upper() for _, second in pairs]
    found = copied_spans(texts, sources)
    for place, (first, second) in enumerate(pairs):
        match = difflib.SequenceMatcher(None, first, second, autojunk=False).find_longest_match()
        span = " ".join(first[match.a : match.a + match.size])
        words, begin = int(found.words[place]), int(found.begins[place])
        assert words == match.size
        assert found.characters[place] == len(span)
        assert " ".join(first[begin : begin + words]) in " ".join(second)
        assert span_words(texts[place], begin=begin, words=words) == " ".join(first[begin : begin + words])


def test_a_null_copies_nothing() -> None:
    assert copied_spans(["a b", None, "a b"], [None, "a b", "A, b!"]).words.tolist() == [0, 0, 2]


def test_thousands_of_pairs_are_compared_each_with_its_own_source() -> None:
    texts = [f"row {row} says that it is number {row} of them" for row in range(1_500)]
    assert (copied_spans(texts, texts).words == 10).all()
    assert copied_spans(texts, [*texts[1:], "nothing"]).words.tolist() == [5] * 1_499 + [0]


def test_similarity_to_the_source_is_that_of_shingles() -> None:
    found = source_similarities(["a b c d", "a b c d", None], ["A b  c d", "a b c e", "a"])
    assert found.tolist() == [1, 1 / 3, 0]


def test_canaries_are_found_in_any_case() -> None:
    texts = ["nothing", None, "so canary-GUID-77 here", "É CANARY é", "canary"]
    assert find_canaries(texts, ["Canary-guid-77", "É canary é", ""]) == {2: "Canary-guid-77", 3: "É canary é"}
    assert not find_canaries(texts, [])


def test_there_are_as_many_sources_as_texts() -> None:
    with pytest.raises(TextNLPError, match="1 texts and 2 sources"):
        copied_spans(["a"], ["a", "b"])
    with pytest.raises(TextNLPError, match="1 texts and 2 sources"):
        source_similarities(["a"], ["a", "b"])
