import pytest

from textnlp.domain.duplicates.band_shape import band_shape


@pytest.mark.parametrize("threshold", [0.05, 0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99])
def test_what_is_at_the_threshold_shares_a_band_with_a_probability_of_998_in_1000(threshold: float) -> None:
    rows, bands = band_shape(threshold)
    assert rows * bands <= 128
    assert 1 - (1 - threshold**rows) ** bands >= 0.998


def test_bands_are_longer_for_higher_thresholds() -> None:
    shapes = [band_shape(threshold)[0] for threshold in (0.1, 0.5, 0.7, 0.8, 0.9)]
    assert shapes == sorted(shapes)
    assert shapes[0] == 1
