"""Parts that are closed with everything else."""

import contextlib
from typing import Protocol, TypeVar


class Closable(Protocol):
    """Something with connections or threads of its own."""

    async def aclose(self) -> None:
        """Free them; closing twice is harmless."""
        ...


_Part = TypeVar("_Part", bound=Closable)


def closed_with(stack: contextlib.AsyncExitStack, part: _Part) -> _Part:
    """Have `part` closed when `stack` is, and return it."""
    stack.push_async_callback(part.aclose)
    return part
