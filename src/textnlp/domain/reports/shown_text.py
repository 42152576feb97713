"""Values as a report shows them."""

from typing import Any

import msgspec

MOST_CHARACTERS = 600


def shown_text(value: Any, *, most: int = MOST_CHARACTERS) -> str:
    """Return a value as text, cut after `most` characters: a text as it is, everything else as JSON."""
    if isinstance(value, str):
        # What is cut off is not looked at: a value may be a book.
        text = value[: most + 1].encode("utf-8", "replace").decode()
    else:
        text = msgspec.json.format(msgspec.json.encode(value, enc_hook=str), indent=1).decode()
    return text if len(text) <= most else text[:most] + "…"
