"""Numbers as people read them."""

import math
from datetime import UTC, datetime

_SHOWN_DIGITS = 3


def count_text(number: int) -> str:
    """Return a whole number with its thousands set apart."""
    return f"{number:,}"


def percent_text(share: float) -> str:
    """Return a share in percent; only none is 0 %, and only all is 100 %."""
    if 0 < share < 0.001:  # noqa: PLR2004  what would be rounded to nothing
        return "<0.1%"
    if 0.999 < share < 1:  # noqa: PLR2004  what would be rounded to everything
        return ">99.9%"
    return f"{share:.0%}" if share in {0, 1} else f"{share:.1%}"


def figure_text(number: float) -> str:
    """Return a number with three digits at least, large ones without a fraction."""
    if not math.isfinite(number):
        return "unknown"
    if number == 0 or (float(number).is_integer() and abs(number) < 1e15):  # noqa: PLR2004  whole in a double
        return f"{int(number):,}"
    if abs(number) >= 1e15:  # noqa: PLR2004  as above
        return f"{number:.3g}"
    digits = max(0, _SHOWN_DIGITS - 1 - math.floor(math.log10(abs(number))))
    return f"{number:.3g}" if digits > 6 else f"{number:,.{digits}f}"  # noqa: PLR2004  more noughts are not read


def money_text(dollars: float) -> str:
    """Return an amount in US dollars; small ones with two digits that are not nought."""
    if dollars == 0 or dollars >= 0.1:  # noqa: PLR2004  cents are enough
        return f"${dollars:,.2f}"
    return f"${dollars:.{1 - math.floor(math.log10(abs(dollars)))}f}"


def moment_text(moment: str) -> str:
    """Return a moment, given by ISO 8601, with its month in words; other texts as they are."""
    try:
        parsed = datetime.fromisoformat(moment)
    except ValueError:
        return moment
    told = parsed.astimezone(UTC) if parsed.tzinfo else parsed
    zone = " UTC" if parsed.tzinfo else ""
    return f"{told.day} {told:%B %Y, %H:%M}{zone}"
