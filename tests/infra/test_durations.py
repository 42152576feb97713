import pytest

from textnlp_infra.durations import duration_seconds, written_duration


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(300, "PT5M"), (14 * 86_400, "P14D"), (5_400, "PT1H30M"), (90_061, "P1DT1H1M1S"), (0, "PT0S")],
)
def test_a_duration_is_written_and_read_back(seconds: int, text: str) -> None:
    assert written_duration(seconds) == text
    assert duration_seconds(text) == seconds


@pytest.mark.parametrize("text", ["5 minutes", "P", "PT", "P1DT", "P1M", "", "pt5m"])
def test_what_is_no_duration_is_told_apart(text: str) -> None:
    assert duration_seconds(text) is None
