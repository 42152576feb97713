import pytest

from textnlp.domain.telemetry.quantiles import added_buckets, quantile

BOUNDS = (1.0, 2.0, 4.0)


@pytest.mark.parametrize(
    ("share", "buckets", "expected"),
    [
        (0.5, (0, 0, 0, 0), None),
        (0.5, (4, 0, 0, 0), 0.5),
        (0.5, (0, 4, 0, 0), 1.5),
        (0.95, (50, 0, 50, 0), pytest.approx(3.8)),
        (1.0, (1, 1, 1, 0), 4.0),
        (0.99, (1, 0, 0, 99), 4.0),
        (0.0, (0, 2, 0, 0), 1.0),
        (0.5, (1, 0, 0, 1), 1.0),
    ],
)
def test_values_are_spread_evenly_in_their_bucket(
    share: float, buckets: tuple[int, ...], expected: float | None
) -> None:
    assert quantile(share, buckets, BOUNDS) == expected


def test_buckets_are_added_one_by_one() -> None:
    assert added_buckets([(1, 2), (), (3, 4)]) == (4, 6)
    assert added_buckets([(), ()]) == ()
    assert added_buckets([]) == ()
