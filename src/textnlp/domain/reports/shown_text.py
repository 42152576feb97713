"""Values as a report shows them."""

from typing import Any

import msgspec

MOST_CHARACTERS = 600
_ONE_LINE = 100


def shown_text(value: Any, *, most: int = MOST_CHARACTERS) -> str:
    """Return a value as text, cut after `most` characters: a text as it is, everything else as JSON."""
    if isinstance(value, str):
        # What is cut off is not looked at: a value may be a book.
        text = value[: most + 1].encode("utf-8", "replace").decode()
    else:
        encoded = msgspec.json.encode(value, enc_hook=str)
        text = msgspec.json.format(encoded, indent=0 if len(encoded) <= _ONE_LINE else 1).decode()
    return text if len(text) <= most else text[:most] + "…"
