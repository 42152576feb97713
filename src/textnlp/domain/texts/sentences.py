"""Where sentences end."""

import re

SENTENCE_END = r"[.!?…。！？]+(?:[\"'”’)\]]*)(?:\s|$)"  # noqa: RUF001  ends of sentences in other scripts
"""An end mark, and what closes behind it, before white space or the end; for `re` and Rust's regular expressions."""

_END = re.compile(SENTENCE_END)


def count_sentences(text: str) -> int:
    """Return how many sentences a text has: one at least where it has letters, none where it has not."""
    if not any(character.isalpha() for character in text):
        return 0
    return max(1, sum(1 for _ in _END.finditer(text)))
