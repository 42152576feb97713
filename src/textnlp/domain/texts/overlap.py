"""The longest run of words that a text takes from another."""

from dataclasses import dataclass

from textnlp.domain.matching.word_finder import fold

_EDGES = ".,;:!?\"'()[]{}<>“”’‘«»*_`…–—-"  # noqa: RUF001  marks around words


@dataclass(frozen=True, slots=True)
class SharedRun:
    """A run of words that two texts share: how many, and the words themselves."""

    words: int
    text: str


def shared_run(text: str, source: str, *, least: int) -> SharedRun | None:
    """Return the longest run of at least `least` words that `text` shares with `source`; None where there is none.

    Words are compared without case and the marks around them. Runs of `least` words are looked up by hash and made as
    long as they are, so that time is in proportion to both texts, but for what repeats itself.
    """
    words, others = _words(text), _words(source)
    if len(words) < least or len(others) < least:
        return None
    places: dict[tuple[str, ...], list[int]] = {}
    for place in range(len(others) - least + 1):
        places.setdefault(tuple(others[place : place + least]), []).append(place)
    best, at = 0, 0
    place = 0
    while place + max(least, best + 1) <= len(words):
        longest = 0
        for other in places.get(tuple(words[place : place + least]), ())[:_MOST_PLACES]:
            length = least
            while (
                place + length < len(words)
                and other + length < len(others)
                and words[place + length] == others[other + length]
            ):
                length += 1
            longest = max(longest, length)
        if longest > best:
            best, at = longest, place
        place += 1
    return SharedRun(best, " ".join(words[at : at + best])) if best else None


_MOST_PLACES = 64


def _words(text: str) -> list[str]:
    return [bare for word in fold(text).split() if (bare := word.strip(_EDGES))]
