import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.diversity.bleu import bleu, modified_precision, self_bleu

# The examples of section 2.1 of Papineni et al. 2002.
_REFERENCES = [
    text.split()
    for text in (
        "it is a guide to action that ensures that the military will forever heed party commands",
        "it is the guiding principle which guarantees the military forces always being under the command of the party",
        "it is the practical guide for the army always to heed the directions of the party",
    )
]
_FIRST, _SECOND = (
    text.split()
    for text in (
        "it is a guide to action which ensures that the military always obeys the commands of the party",
        "it is to insure the troops forever hearing the activity guidebook that party direct",
    )
)


@pytest.mark.parametrize(
    ("candidate", "length", "expected"),
    [(_FIRST, 1, (17, 18)), (_FIRST, 2, (10, 17)), (_SECOND, 1, (8, 14)), (_SECOND, 2, (1, 13))],
)
def test_precisions_are_those_of_the_paper(candidate: list[str], length: int, expected: tuple[int, int]) -> None:
    assert modified_precision(candidate, _REFERENCES, length=length) == expected


def test_a_word_counts_only_as_often_as_one_reference_has_it() -> None:
    references = [["the", "cat", "is", "on", "the", "mat"], ["there", "is", "a", "cat", "on", "the", "mat"]]
    assert modified_precision(["the"] * 7, references, length=1) == (2, 7)


def test_bleu_is_the_geometric_mean_with_a_penalty_for_brevity() -> None:
    assert bleu(_FIRST, _REFERENCES) == pytest.approx((17 / 18 * 10 / 17 * 7 / 16 * 4 / 15) ** 0.25)
    assert bleu(_REFERENCES[0][:8], _REFERENCES[:1]) == pytest.approx(math.exp(1 - 16 / 8))
    assert bleu([], _REFERENCES) == bleu(_FIRST, []) == 0


def test_texts_that_are_alike_have_a_self_bleu_of_one_and_others_nearly_none() -> None:
    assert self_bleu(["the kettle boils the water quickly"] * 3) == pytest.approx(1.0)
    assert (self_bleu(["a b c d e", "f g h i j", "k l m n o"]) or 0) < 0.1
    assert self_bleu(["only one"]) is None
    assert self_bleu(["", "  "]) is None


@given(st.lists(st.lists(st.sampled_from("abcde"), min_size=1, max_size=8).map(" ".join), min_size=2, max_size=7))
def test_self_bleu_is_the_mean_of_bleu_against_all_others(texts: list[str]) -> None:
    divided = [text.split() for text in texts]
    each = [bleu(words, divided[:place] + divided[place + 1 :]) for place, words in enumerate(divided)]
    assert self_bleu(texts) == pytest.approx(math.fsum(each) / len(each))


def test_a_sample_is_the_same_for_a_seed() -> None:
    texts = [f"the {number} kettles boil in {number} minutes" + " soon" * (number % 7) for number in range(60)]
    assert self_bleu(texts, candidates=10, seed=4) == self_bleu(texts, candidates=10, seed=4)
    assert self_bleu(texts, candidates=10, seed=4) != self_bleu(texts, candidates=10, seed=5)
