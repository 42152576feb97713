"""What a provider's content filter found, as the platform shows it and as Azure OpenAI does."""

from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from textnlp.domain.filter_verdict import FilteredPart, FilterVerdict


class FilterVerdictRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One category of which something was found in prompt or answer.

    Attributes:
        category: in the provider's words, such as `hate` or `jailbreak`.
        severity: how bad it is where the category has degrees, such as `high`.
        is_stopped: whether prompt or answer was stopped for it.
    """

    part: FilteredPart
    category: str
    severity: str = ""
    is_stopped: bool


def read_verdicts(verdicts: Iterable[FilterVerdict]) -> list[FilterVerdictRead]:
    """Show verdicts."""
    return [
        FilterVerdictRead(part=each.part, category=each.category, severity=each.severity, is_stopped=each.is_stopped)
        for each in verdicts
    ]


def answer_results(verdicts: Iterable[FilterVerdict]) -> dict[str, Any] | UnsetType:
    """Write those of an answer as `content_filter_results` of its choice; nothing where nothing was found."""
    return _results(verdicts, FilteredPart.ANSWER) or UNSET


def prompt_results(verdicts: Iterable[FilterVerdict]) -> list[dict[str, Any]] | UnsetType:
    """Write those of a prompt as `prompt_filter_results`; nothing where nothing was found."""
    results = _results(verdicts, FilteredPart.PROMPT)
    return [{"prompt_index": 0, "content_filter_results": results}] if results else UNSET


def _results(verdicts: Iterable[FilterVerdict], part: FilteredPart) -> dict[str, Any]:
    return {each.category: _result(each) for each in verdicts if each.part is part}


def _result(verdict: FilterVerdict) -> dict[str, Any]:
    found = {"severity": verdict.severity} if verdict.severity else {"detected": True}
    return {"filtered": verdict.is_stopped, **found}
