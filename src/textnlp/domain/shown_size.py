"""Sizes as people say them."""

_UNITS = ("B", "kB", "MB", "GB")
_STEP = 1000


def shown_size(size_bytes: int) -> str:
    """Return a size in the unit that people would use: 812 B, 4.2 kB, 1.3 GB; the largest one is TB."""
    number = float(size_bytes)
    for unit in _UNITS:
        if number < _STEP:
            return f"{number:.0f} {unit}" if unit == _UNITS[0] else f"{number:.1f} {unit}"
        number /= _STEP
    return f"{number:.1f} TB"
