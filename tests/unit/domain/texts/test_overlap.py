from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.texts.overlap import shared_run

_WORDS = st.lists(st.sampled_from("abcd"), max_size=14)


def longest(words: list[str], others: list[str]) -> int:
    """Return the length of the longest common run, by looking at all."""
    return max(
        (
            length
            for length in range(1, len(words) + 1)
            for place in range(len(words) - length + 1)
            for other in range(len(others) - length + 1)
            if words[place : place + length] == others[other : other + length]
        ),
        default=0,
    )


@given(_WORDS, _WORDS, st.integers(1, 4))
def test_the_run_is_the_longest_there_is(words: list[str], others: list[str], least: int) -> None:
    found = shared_run(" ".join(words), " ".join(others), least=least)
    most = longest(words, others)
    assert (0 if found is None else found.words) == (most if most >= least else 0)


def test_case_and_marks_do_not_count() -> None:
    found = shared_run("He said: “Write a REVIEW, please!”", "write a review please (now)", least=3)
    assert found is not None
    assert (found.words, found.text) == (4, "write a review please")
