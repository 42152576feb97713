"""Where in a text something stands."""


def place_of(text: str, offset: int) -> tuple[int, int]:
    """Return line and column of an offset in characters, both counted from 1."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)
