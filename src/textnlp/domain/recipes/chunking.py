"""Long texts, cut into pieces that end where a reader would pause."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from textnlp.domain.errors import invalid_input

_TEXT = re.compile(r"\S")
_WORD_START = re.compile(r"(?<=\s)\S")
_PARAGRAPH_END = re.compile(r"(?=\n[^\S\n]*\n)")
_SENTENCE_END = re.compile(r"""[.!?…]["'”’»)\]]*(?=\s)|[。！？]["'”’」』）]*""")  # noqa: RUF001  full-width stops
_WORD_END = re.compile(r"(?<=\S)(?=\s)")
_ENDS = (_PARAGRAPH_END, _SENTENCE_END, _WORD_END)
_LONGEST_CLOSING = 8


@dataclass(frozen=True, slots=True)
class TextPiece:
    """A stretch of a text: `text` stands in it from `offset` on, counted in characters from 0."""

    offset: int
    text: str


def split_text(text: str, *, size: int, overlap: int = 0) -> Iterator[TextPiece]:
    """Yield pieces of at most `size` characters that together hold everything but white space.

    A piece ends at the last end of a paragraph in its second half, else at that of a sentence, else at that of a word,
    else where it is full. It neither begins nor ends with white space and is never empty. It repeats at most `overlap`
    characters of the piece before, from the beginning of a word where there is one. Raises `INVALID_INPUT` unless
    `overlap` is at least 0 and below `size`.
    """
    if not 0 <= overlap < size:
        raise invalid_input("A piece must repeat fewer characters than it has.", field="overlap_characters")
    start, done = 0, 0
    while (first := _TEXT.search(text, start)) is not None:
        start = first.start()
        end = _end_of(text, start, size=size, after=max(done, start))
        piece = text[start:end].rstrip()
        if start + len(piece) > done:
            yield TextPiece(start, piece)
        if end == len(text):
            return
        done = end
        start = _start_after(text, end, overlap=overlap, after=start)


def _end_of(text: str, start: int, *, size: int, after: int) -> int:
    limit = start + size
    if limit >= len(text):
        return len(text)
    lowest = max(start + size // 2, after) + 1
    for ends in _ENDS:
        found = _last_end(ends, text, lowest=lowest, limit=limit)
        if found is not None:
            return found
    return limit


def _last_end(ends: re.Pattern[str], text: str, *, lowest: int, limit: int) -> int | None:
    """Return the last place from `lowest` to `limit` at which a pattern ends."""
    last: int | None = None
    # Closing quotes may lie on both sides of the edges, and what stands behind the limit decides about its last place.
    for match in ends.finditer(text, max(lowest - _LONGEST_CLOSING, 0), limit + _LONGEST_CLOSING):
        if lowest <= match.end() <= limit:
            last = match.end()
    return last


def _start_after(text: str, end: int, *, overlap: int, after: int) -> int:
    earliest = max(end - overlap, after + 1)
    if earliest >= end:
        return end
    word = _WORD_START.search(text, earliest, end)
    return word.start() if word is not None else earliest
