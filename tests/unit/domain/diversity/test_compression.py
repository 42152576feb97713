import random

from textnlp.domain.diversity.compression import compression_ratio


def test_what_repeats_itself_has_a_higher_ratio_than_what_does_not() -> None:
    draw = random.Random(1)
    noise = ["".join(draw.choices("abcdefghijklmnopqrstuvwxyz ", k=200)) for _ in range(50)]
    high, low = compression_ratio(["The same sentence again."] * 400), compression_ratio(noise)
    assert high is not None
    assert low is not None
    assert high > 50
    assert 1 < low < 2


def test_no_text_has_no_ratio_and_half_a_surrogate_pair_does_no_harm() -> None:
    assert compression_ratio([]) is None
    assert (compression_ratio(["\ud800"]) or 0) > 0
