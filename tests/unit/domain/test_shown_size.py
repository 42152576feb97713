import pytest

from textnlp.domain.shown_size import shown_size


@pytest.mark.parametrize(
    ("count", "told"), [(0, "0 B"), (999, "999 B"), (1_000, "1.0 kB"), (2_500_000, "2.5 MB"), (10**15, "1000.0 TB")]
)
def test_sizes_are_told_in_the_unit_that_people_would_use(count: int, told: str) -> None:
    assert shown_size(count) == told


@pytest.mark.parametrize(
    ("size_bytes", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1_000, "1.0 kB"),
        (4_210_000, "4.2 MB"),
        (1_300_000_000, "1.3 GB"),
        (10**13, "10.0 TB"),
    ],
)
def test_sizes_are_written_as_people_do(size_bytes: int, text: str) -> None:
    assert shown_size(size_bytes) == text
