from dataclasses import replace
from typing import Any

import pytest

from textnlp.topology.delivery import CANARY_GATE, CANARY_PERCENTAGES, ENVIRONMENTS


def test_production_takes_a_change_in_three_steps() -> None:
    assert CANARY_PERCENTAGES == (10, 25, 50)


def test_production_stands_in_both_regions_and_never_sleeps() -> None:
    (production,) = [environment for environment in ENVIRONMENTS if environment.is_production]
    assert production.region_count == 2
    assert not production.shuts_down


def test_switching_production_off_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="environment 'prod': is production"):
        replace(ENVIRONMENTS[-1], shuts_down=True)


@pytest.mark.parametrize("changes", [{"most_error_percent": 0.0}, {"least_calls": 0}, {"window_minutes": 0}])
def test_a_gate_that_nothing_or_anything_passes_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="canary_gate"):
        replace(CANARY_GATE, **changes)
