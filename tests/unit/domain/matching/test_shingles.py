import pytest

from textnlp.domain.matching.shingles import normalised, shingles_of


@pytest.mark.parametrize(
    ("text", "shingles"),
    [
        ("A b  C\nd", ["a b c", "b c d"]),
        ("a b a b a", ["a b a", "b a b", "a b a"]),
        ("A  b", ["a b"]),
        (" ", [""]),
        ("我在家ok", ["我 在 家", "在 家 ok"]),
    ],
)
def test_shingles_are_runs_of_three_words(text: str, shingles: list[str]) -> None:
    assert shingles_of(text) == shingles


def test_a_normalised_text_has_neither_case_nor_other_spaces() -> None:
    assert normalised(" \uff2bettle\t\u00a0ﬁne ") == "kettle fine"
