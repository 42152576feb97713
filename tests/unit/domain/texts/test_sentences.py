import polars as pl
import pytest

from textnlp.domain.texts.readability import count_parts
from textnlp.domain.texts.sentences import count_sentences

TEXTS = {
    "": 0,
    "1, 2, 3.": 0,
    "no end": 1,
    "One. Two! Three?": 3,
    'He said "no." She left.': 2,
    "It costs 3.50 at example.org today.": 1,
    "Wait... what?!\n\nRight.": 3,
    "最初の文です。 次の文です。": 2,
}


@pytest.mark.parametrize(("text", "count"), TEXTS.items())
def test_sentences_end_at_marks_before_white_space(text: str, count: int) -> None:
    assert count_sentences(text) == count


def test_they_are_the_sentences_of_readability() -> None:
    assert count_parts(pl.Series(list(TEXTS))).sentences.tolist() == list(TEXTS.values())
