"""What the content filter of Azure OpenAI found, as verdicts.

Source: learn.microsoft.com, "Content filtering for Azure OpenAI": a category either has a severity or says whether
something was detected; an answer carries those of its prompt in `prompt_filter_results` and its own with each choice, a
refused prompt in `innererror.content_filter_result`, in the API of OpenAI's shape also in `content_filters`. Where the
filter could not be asked, an `error` stands in the place of the categories.
"""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from textnlp.domain.filter_verdict import FilteredPart, FilterVerdict

_MOST_CATEGORIES = 32
_LONGEST = 40
_SAFE = "safe"
_NOT_ASKED = "error"


def verdicts_of(results: object, part: FilteredPart) -> tuple[FilterVerdict, ...]:
    """Return what was found, by category; nothing for what is no result of the filter."""
    if not results or not isinstance(results, Mapping):
        return ()
    named = cast("Mapping[str, Any]", results)
    found = (_verdict(str(name), named[name], part) for name in sorted(named)[:_MOST_CATEGORIES])
    return tuple(verdict for verdict in found if verdict is not None)


def verdicts_of_answer(prompts: object, results: object) -> tuple[FilterVerdict, ...]:
    """Return what an answer says of its prompts, and of itself."""
    if not prompts or not isinstance(prompts, list):
        return verdicts_of(results, FilteredPart.ANSWER)
    told = (_results_of_prompt(each) for each in cast("list[object]", prompts))
    asked = tuple(verdict for each in told for verdict in verdicts_of(each, FilteredPart.PROMPT))
    return asked + verdicts_of(results, FilteredPart.ANSWER)


def verdicts_of_refusal(error: Mapping[str, Any]) -> tuple[FilterVerdict, ...]:
    """Return what a refusal says was found in the prompt; nothing where it does not say."""
    inner = error.get("innererror")
    if not isinstance(inner, Mapping):
        return ()
    fields = cast("Mapping[str, Any]", inner)
    results = fields.get("content_filter_result") or fields.get("content_filter_results")
    return verdicts_of(results, FilteredPart.PROMPT)


class SeenVerdicts:
    """Collects the verdicts of a stream, each of whose pieces may tell some again."""

    def __init__(self) -> None:
        self._found: dict[tuple[FilteredPart, str], FilterVerdict] = {}

    def add(self, verdicts: Iterable[FilterVerdict]) -> None:
        """Take in those of a piece; the last one of a category counts, unless an earlier one stopped the answer."""
        for verdict in verdicts:
            key = (verdict.part, verdict.category)
            known = self._found.get(key)
            if known is None or verdict.is_stopped or not known.is_stopped:
                self._found[key] = verdict

    def all(self) -> tuple[FilterVerdict, ...]:
        """Return one verdict a category."""
        return tuple(self._found.values())


def _results_of_prompt(told: object) -> object:
    return cast("Mapping[str, Any]", told).get("content_filter_results") if isinstance(told, Mapping) else None


def _verdict(name: str, result: object, part: FilteredPart) -> FilterVerdict | None:
    if not isinstance(result, Mapping):
        return None
    fields = cast("Mapping[str, Any]", result)
    told = fields.get("severity")
    severity = told[:_LONGEST] if isinstance(told, str) else ""
    is_stopped = fields.get("filtered") is True
    is_found = is_stopped or fields.get("detected") is True or severity not in {"", _SAFE}
    if not is_found and name != _NOT_ASKED:
        return None
    return FilterVerdict(part=part, category=name[:_LONGEST], severity=severity, is_stopped=is_stopped)
