"""How numbers, times and sizes read in the console."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from markupsafe import Markup, escape

NOTHING = "\u2013"
"""Stands for a value that is not there."""

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
_FINE = 0.01
"""Seconds below which parts of a millisecond are told."""

_SMALL_MONEY = Decimal("0.01")


def number(value: float | None) -> str:
    """Return a number with thousands set apart; a dash for none."""
    if value is None:
        return NOTHING
    return f"{value:,}" if isinstance(value, int) else f"{value:,.1f}"


def money(amount: Decimal | None) -> str:
    """Return US dollars: in cents, or as many digits as show that it is something; a dash for unknown."""
    if amount is None:
        return NOTHING
    return f"${amount:,.2f}" if amount == 0 or amount >= _SMALL_MONEY else f"${amount:.6f}".rstrip("0")


def cents(amount: float) -> str:
    """Return US dollars that are known about, as `money` does."""
    return money(Decimal(f"{amount:.6f}"))


def share(part: float, whole: float) -> str:
    """Return a part in percent; a dash of nothing."""
    return f"{100 * part / whole:.1f} %" if whole else NOTHING


def seconds(value: float | timedelta | None) -> str:
    """Return a length of time in its two largest units."""
    if value is None:
        return NOTHING
    total = value.total_seconds() if isinstance(value, timedelta) else value
    if total < 1:
        return f"{total * 1000:.{0 if total >= _FINE else 1}f} ms"
    if total < _MINUTE:
        return f"{total:.1f} s"
    if total < _HOUR:
        return _two(total, (_MINUTE, "min"), (1, "s"))
    if total < _DAY:
        return _two(total, (_HOUR, "h"), (_MINUTE, "min"))
    return _two(total, (_DAY, "d"), (_HOUR, "h"))


def moment(value: datetime | None) -> str:
    """Return a moment in UTC, to the second; a dash for none."""
    return NOTHING if value is None else f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def ago(value: datetime | None, now: datetime) -> str:
    """Return how long ago a moment was, in its largest unit; a dash for none."""
    if value is None:
        return NOTHING
    passed = (now - value).total_seconds()
    if passed < _MINUTE:
        return "just now"
    if passed < _HOUR:
        return f"{int(passed // _MINUTE)} min ago"
    if passed < _DAY:
        return f"{int(passed // _HOUR)} h ago"
    return f"{int(passed // _DAY)} d ago"


def spanned(text: str) -> Markup:
    """Return a text so that browsers keep every character of it: carriage returns would be read as line feeds."""
    return Markup("&#13;").join(escape(part) for part in text.split("\r"))


def _two(total: float, large: tuple[int, str], small: tuple[int, str]) -> str:
    whole, rest = int(total // large[0]), int(total % large[0] // small[0])
    return f"{whole} {large[1]} {rest} {small[1]}" if rest else f"{whole} {large[1]}"
