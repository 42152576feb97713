"""Hold the paths that rows refer to against the files that are there."""

from collections.abc import AsyncGenerator

from textnlp.domain.backups.manifest import MISSING_NAMED


class MissingPaths:
    """Finds referred paths without a file, in memory that does not grow with either.

    Both come sorted: the referred paths by `references`, the files by `note`.
    """

    def __init__(self, references: AsyncGenerator[bytes]) -> None:
        self._references = references
        self._next: str | None = None
        self._is_begun = False
        self._named: list[str] = []
        self.count = 0

    @property
    def named(self) -> tuple[str, ...]:
        """The first hundred paths without a file."""
        return tuple(self._named)

    async def note(self, path: str) -> None:
        """Tell of a file that is there."""
        await self._pass_to(path)

    async def end(self) -> None:
        """Tell that there are no more files."""
        await self._pass_to(None)
        await self._references.aclose()

    async def _pass_to(self, path: str | None) -> None:
        if not self._is_begun:
            self._is_begun = True
            await self._advance()
        while self._next is not None and (path is None or self._next <= path):
            if self._next != path:
                self._note_missing(self._next)
            passed = self._next
            while self._next == passed:
                await self._advance()

    def _note_missing(self, path: str) -> None:
        self.count += 1
        if len(self._named) < MISSING_NAMED:
            self._named.append(path)

    async def _advance(self) -> None:
        line = await anext(self._references, None)
        self._next = None if line is None else line.decode()
