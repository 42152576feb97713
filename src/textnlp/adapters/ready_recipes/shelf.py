"""The recipes that come with the package, by name."""

import difflib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError

_FOLDER = Path(__file__).parent
_SUFFIX = ".yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyRecipe:
    """A recipe that can be run by its name.

    Attributes:
        summary: what it makes, in a line.
        story: how it does so and where the method is from, as the file begins.
    """

    name: str
    path: Path
    summary: str
    story: str


@cache
def ready_recipes() -> tuple[ReadyRecipe, ...]:
    """Return all of them, by name."""
    return tuple(_read(path) for path in sorted(_FOLDER.glob(f"*{_SUFFIX}")))


def find_ready_recipe(name: str) -> ReadyRecipe:
    """Return a recipe by its name; raises `NOT_FOUND` with the nearest name, or all."""
    known = {recipe.name: recipe for recipe in ready_recipes()}
    if name in known:
        return known[name]
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    hint = f"Did you mean {close[0]}?" if close else f"There are {', '.join(known)}."
    message = f"{name} is no file, and there is no recipe of that name."
    raise TextNLPError(message, kind=ErrorKind.NOT_FOUND, facts=ErrorFacts(hint=hint))


def _read(path: Path) -> ReadyRecipe:
    """Read the comment that a file begins with: its first paragraph is the summary."""
    lines: list[str] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            break
        lines.append(line.removeprefix("#").strip())
    summary, _, story = "\n".join(lines).partition("\n\n")
    return ReadyRecipe(name=path.stem, path=path, summary=" ".join(summary.split()), story=" ".join(story.split()))
