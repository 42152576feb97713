import math

import pytest

from textnlp.adapters.reports.figures import figure_text, moment_text, money_text, percent_text


@pytest.mark.parametrize(
    ("share", "text"),
    [(0, "0%"), (0.0004, "<0.1%"), (0.001, "0.1%"), (0.5, "50.0%"), (0.9991, ">99.9%"), (1, "100%"), (1.0, "100%")],
)
def test_only_none_is_nought_percent_and_only_all_is_a_hundred(share: float, text: str) -> None:
    assert percent_text(share) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        *((0, "0"), (12, "12"), (12_345.0, "12,345"), (12_345.6, "12,346"), (3.14159, "3.14"), (0.012345, "0.0123")),
        *((-2.5, "-2.50"), (1e20, "1e+20"), (1e-9, "1e-09"), (math.nan, "unknown"), (math.inf, "unknown")),
    ],
)
def test_numbers_have_three_digits(number: float, text: str) -> None:
    assert figure_text(number) == text


@pytest.mark.parametrize(
    ("dollars", "text"),
    [(0, "$0.00"), (1234.5, "$1,234.50"), (0.1, "$0.10"), (0.0123, "$0.012"), (0.000347, "$0.00035")],
)
def test_small_amounts_keep_two_digits(dollars: float, text: str) -> None:
    assert money_text(dollars) == text


def test_moments_are_told_in_words_and_other_texts_as_they_are() -> None:
    assert moment_text("2026-03-01T13:05:00+01:00") == "1 March 2026, 12:05 UTC"
    assert moment_text("2026-03-01T12:05:00Z") == "1 March 2026, 12:05 UTC"
    assert moment_text("2026-03-01T12:05:00") == "1 March 2026, 12:05"
    assert moment_text("yesterday") == "yesterday"
