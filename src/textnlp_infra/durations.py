"""Durations as Azure writes them: ISO 8601, without months and years."""

import re

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
_WRITTEN = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")


def written_duration(seconds: int) -> str:
    """Write a duration: `PT5M`, `P14D`, `PT1H30M`."""
    days, rest = divmod(seconds, _DAY)
    hours, rest = divmod(rest, _HOUR)
    minutes, rest = divmod(rest, _MINUTE)
    units = ((hours, "H"), (minutes, "M"), (rest, "S"))
    time = "".join(f"{count}{unit}" for count, unit in units if count)
    day = f"{days}D" if days else ""
    return f"P{day}{'T' + time if time else ''}" if day or time else "PT0S"


def duration_seconds(text: str) -> int | None:
    """Return the seconds of a duration, None where the text is none."""
    match = _WRITTEN.fullmatch(text)
    if match is None or text in {"P", "PT"} or text.endswith("T"):
        return None
    days, hours, minutes, seconds = (int(count or 0) for count in match.groups())
    return days * _DAY + hours * _HOUR + minutes * _MINUTE + seconds
