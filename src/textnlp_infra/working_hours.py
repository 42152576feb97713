"""Times of day at which machines of an environment run, for what needs them to."""

from datetime import date, datetime, timedelta

from textnlp.topology.catalog import TOPOLOGY
from textnlp_infra.environments import Environment

MONDAY = date(2026, 1, 5)
"""The day from which what repeats is counted."""

_AFTER_THE_START = timedelta(hours=1)


def time_when_on(wanted: str, environment: Environment, day: date = MONDAY) -> str:
    """Return a time of day, UTC: the wanted one, or an hour after the start where all is off at that."""
    moment = datetime.fromisoformat(f"{day.isoformat()}T{wanted}:00+00:00")
    if not environment.shuts_down or not TOPOLOGY.cost.is_off(moment):
        return wanted
    return f"{TOPOLOGY.cost.back_at(day) + _AFTER_THE_START:%H:%M}"
