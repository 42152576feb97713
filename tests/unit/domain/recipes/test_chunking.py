import pytest
from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.recipes.chunking import split_text

_CHARACTERS = st.sampled_from([*"ab.!?\"') \n\t", "\r\n", "\n\n", "。", "」", "é", "\u2003", "\U0001f600"])


def pieces_of(text: str, *, size: int, overlap: int = 0) -> list[str]:
    return [piece.text for piece in split_text(text, size=size, overlap=overlap)]


@given(
    text=st.lists(_CHARACTERS, max_size=120).map("".join) | st.text(max_size=120),
    size=st.integers(1, 40),
    overlap=st.integers(0, 39),
)
def test_pieces_hold_the_whole_text_but_for_white_space_between_them(text: str, size: int, overlap: int) -> None:
    overlap = min(overlap, size - 1)
    pieces = list(split_text(text, size=size, overlap=overlap))
    end = 0
    for piece in pieces:
        assert 0 < len(piece.text) <= size
        assert piece.text == piece.text.strip()
        assert text[piece.offset : piece.offset + len(piece.text)] == piece.text
        assert piece.offset >= end - overlap
        assert not text[end : max(piece.offset, end)].strip()
        assert piece.offset + len(piece.text) > end
        end = piece.offset + len(piece.text)
    assert not text[end:].strip()
    offsets = [piece.offset for piece in pieces]
    assert offsets == sorted(set(offsets))


def test_a_short_text_is_one_piece() -> None:
    assert pieces_of("  All of it.\n", size=50) == ["All of it."]


@pytest.mark.parametrize("text", ["", " \n\t "])
def test_a_text_of_nothing_has_no_pieces(text: str) -> None:
    assert pieces_of(text, size=50) == []


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("One is here. Two\n \nThree. Four five", ["One is here. Two", "Three. Four five"]),
        ("One is here. Two three four five", ["One is here.", "Two three four five"]),
        ('One says "here." Two three four', ['One says "here."', "Two three four"]),
        ("one two three four five six seven", ["one two three four", "five six seven"]),
        ("a" * 45, ["a" * 20, "a" * 20, "a" * 5]),
        ("これは一つの文である。これも文だと言えるのです。", ["これは一つの文である。", "これも文だと言えるのです。"]),
        ("It costs 1.50 or 2.50 each", ["It costs 1.50 or", "2.50 each"]),
    ],
    ids=["paragraph", "sentence", "quotation", "word", "full", "full-width", "number"],
)
def test_a_piece_ends_where_a_reader_would_pause(text: str, pieces: list[str]) -> None:
    assert pieces_of(text, size=20) == pieces


def test_an_end_in_the_first_half_is_not_taken() -> None:
    assert pieces_of("Yes.\n\nThat is what it is called", size=20) == ["Yes.\n\nThat is what", "it is called"]


def test_a_piece_repeats_whole_words_of_the_one_before() -> None:
    text = "one two three four five six seven eight"
    assert pieces_of(text, size=20, overlap=10) == ["one two three four", "three four five six", "five six seven eight"]


def test_the_end_of_a_text_is_not_repeated_on_its_own() -> None:
    assert pieces_of("a" * 30, size=20, overlap=10) == ["a" * 20, "a" * 20]


def test_a_long_text_takes_one_pass() -> None:
    text = "Some words that end here. " * 40_000
    pieces = list(split_text(text, size=2_000, overlap=200))
    assert 500 < len(pieces) < 650


@pytest.mark.parametrize(("size", "overlap"), [(10, 10), (10, -1), (0, 0)])
def test_an_overlap_that_leaves_no_progress_is_refused(size: int, overlap: int) -> None:
    with pytest.raises(TextNLPError) as caught:
        list(split_text("text", size=size, overlap=overlap))
    assert (caught.value.kind, caught.value.facts.field) == (ErrorKind.INVALID_INPUT, "overlap_characters")
