"""How a file that is sent is told its name."""

import re
from urllib.parse import quote

_PLAIN = re.compile(r"[A-Za-z0-9._-]+")


def as_attachment(name: str) -> str:
    """Return the `Content-Disposition` of a file to be saved as `name`, in RFC 6266's form for any text."""
    if _PLAIN.fullmatch(name):
        return f'attachment; filename="{name}"'
    return f"attachment; filename*=UTF-8''{quote(name, safe='')}"
