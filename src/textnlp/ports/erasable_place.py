"""Somewhere that data of a person may be, and can be erased from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from textnlp.domain.erasure.terms import SearchTerms


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was found in a place.

    Attributes:
        counts: rows, lines or files that name the person, by where they are.
        unread: files that cannot be looked into, by where they are.
        withheld: what names the person and must not be erased, and why, a sentence each.
    """

    counts: Mapping[str, int] = field(default_factory=dict[str, int])
    unread: Mapping[str, int] = field(default_factory=dict[str, int])
    withheld: tuple[str, ...] = ()


class ErasablePlace(Protocol):
    """Looks for a person, of whatever tenant, and erases what is found; a store that is away raises `UNAVAILABLE`."""

    async def go_through(self, terms: SearchTerms, *, is_rehearsal: bool) -> Found:
        """Erase what names the person, and return what that was; change nothing in a rehearsal, and return the same.

        What was cut short can be done again: it goes on with what is left.
        """
        ...
