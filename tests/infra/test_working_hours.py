from textnlp_infra.environments import environment
from textnlp_infra.working_hours import time_when_on


def test_what_needs_machines_waits_for_them_where_they_are_off_at_night() -> None:
    assert time_when_on("02:00", environment("dev")) == "09:00"
    assert time_when_on("12:00", environment("dev")) == "12:00"


def test_production_is_always_on() -> None:
    assert time_when_on("02:00", environment("prod")) == "02:00"
