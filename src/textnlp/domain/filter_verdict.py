"""What a provider's content filter found in a prompt or in an answer."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class FilteredPart(StrEnum):
    """What was looked at."""

    PROMPT = "prompt"
    ANSWER = "answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterVerdict:
    """One category of which something was found; those of which nothing was have no verdict.

    Attributes:
        category: in the provider's words, such as `hate` or `jailbreak`.
        severity: how bad it is where the category has degrees, such as `high`; else empty.
        is_stopped: whether prompt or answer was stopped for it.
    """

    part: FilteredPart
    category: str
    severity: str = ""
    is_stopped: bool = False


NO_VERDICTS: tuple[FilterVerdict, ...] = ()


def told_stopped(verdicts: Iterable[FilterVerdict]) -> str:
    """Return for what it was stopped, such as `hate (high), jailbreak`; empty where it was not."""
    return ", ".join(_told(verdict) for verdict in verdicts if verdict.is_stopped)


def _told(verdict: FilterVerdict) -> str:
    label = verdict.category.replace("_", " ")
    return f"{label} ({verdict.severity})" if verdict.severity else label
