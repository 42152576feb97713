"""Whether the parts of a platform can be used."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

Check = Callable[[], Awaitable[None]]
"""Returns when a part can be used, raises `TextNLPError` saying what to do otherwise."""


class Checked(Protocol):
    """A part that can tell whether it can be used."""

    async def check(self) -> None:
        """Return when it can be used; raise `TextNLPError` saying what to do otherwise."""
        ...


@dataclass(frozen=True, slots=True)
class Deferred:
    """A part that is looked for only when it is asked."""

    find: Callable[[], Checked]

    async def check(self) -> None:
        """Return when the part that is found can be used."""
        await self.find().check()


def checks_of(**parts: Checked | None) -> dict[str, Check]:
    """Return the checks of those parts that are there."""
    return {name: part.check for name, part in parts.items() if part is not None}
