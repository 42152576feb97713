"""Functions that installed packages offer as entry points."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Any

from textnlp.domain.errors import ErrorKind, TextNLPError

COLUMN_FUNCTIONS = "textnlp.columns"
CHECK_FUNCTIONS = "textnlp.checks"


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledFunction:
    """A function and the version of the package that it is from, empty where that is not known."""

    call: Callable[..., Any]
    version: str = ""


def find_installed(name: str, *, group: str) -> InstalledFunction:
    """Return the function that an installed package offers under `name`.

    Raises `NOT_FOUND` naming those there are, and `UNAVAILABLE` for one whose package cannot be brought in.
    """
    offered = {point.name: point for point in entry_points(group=group)}
    point = offered.get(name)
    if point is None:
        known = ", ".join(sorted(offered)) or "none"
        message = f"No installed package offers the function {name!r} under {group}; there are: {known}."
        raise TextNLPError(message, kind=ErrorKind.NOT_FOUND)
    try:
        call = point.load()
    except (ImportError, AttributeError) as exc:
        message = f"The function {name!r} of {group} cannot be brought in: {exc}."
        raise TextNLPError(message, kind=ErrorKind.UNAVAILABLE) from exc
    return InstalledFunction(call=call, version="" if point.dist is None else point.dist.version)
