import pytest
from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.duplicates.benchmark_index import BenchmarkIndex, Overlap
from textnlp.domain.errors import TextNLPError

_QUESTION = "If a train leaves Berlin at nine, and goes 80 km each hour, when will it come to Prague?"
_WORDS = [
    "if",
    "a",
    "train",
    "leaves",
    "berlin",
    "at",
    "nine",
    "and",
    "goes",
    "80",
    "km",
    "each",
    "hour",
    "when",
    "will",
    "it",
    "come",
    "to",
    "prague",
]


def _index(words: int = 13, text: str = _QUESTION) -> BenchmarkIndex:
    index = BenchmarkIndex(words=words)
    index.add(["An own line."], file="other.txt")
    index.add(["Something else entirely.", text], file="trains.jsonl", lines=[3, 7])
    return index


def test_the_benchmark_the_line_and_the_words_are_named() -> None:
    found = _index().find(["alone", None, "Well: IF a train leaves Berlin at nine and goes 80 km, each hour; when!"])
    assert found == {2: Overlap(file="trains.jsonl", line=7, words=14, span=" ".join(_WORDS[:14]))}


def test_fewer_words_in_common_do_not_count() -> None:
    assert not _index().find([" ".join([*_WORDS[:12], "x", *_WORDS[13:]])])
    assert _index(words=12).find([" ".join([*_WORDS[:12], "x", *_WORDS[13:]])])[0].words == 12


@given(st.integers(0, 6), st.integers(13, 19), st.lists(st.sampled_from(["x", "é", "日"]), max_size=3))
def test_the_whole_span_is_found_wherever_it_stands(begin: int, size: int, around: list[str]) -> None:
    span = _WORDS[begin : begin + size]
    found = _index().find(["short", " ".join([*around, *span, *around])])
    if len(span) >= 13:
        assert found[1].span == " ".join(span)
    else:
        assert not found


def test_texts_of_a_benchmark_with_fewer_words_count_as_a_whole_from_eight_on() -> None:
    text = "what is the capital of the old republic"
    assert _index(text=text).find([f"so {text} now"])[0].words == 8
    assert not _index(text=text).find([f"so {text[:-9]} now"])
    index = _index(text="what is two and two")
    assert index.left_out == 3
    assert not index.find(["so what is two and two then"])


def test_the_longest_of_several_spans_is_named() -> None:
    index = _index()
    long = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    index.add([long], file="numbers.txt")
    assert index.find([f"{' '.join(_WORDS[:13])} and {long}"])[0].file == "numbers.txt"
    assert index.find([f"{long} and {' '.join(_WORDS)}"])[0].line == 7


def test_many_texts_are_looked_at() -> None:
    texts = [f"{row} {_QUESTION}" if row % 100 == 0 else f"row {row}" for row in range(1_200)]
    assert list(_index().find(texts)) == list(range(0, 1_200, 100))


def test_nothing_is_found_without_benchmarks() -> None:
    assert not BenchmarkIndex().find([_QUESTION])
    assert not _index().find([])


def test_at_least_one_word_is_compared() -> None:
    with pytest.raises(TextNLPError, match="at least one"):
        BenchmarkIndex(words=0)
