"""What the content filter of Azure OpenAI found, in words.

Source: learn.microsoft.com, "Content filtering for Azure OpenAI": a category either has a severity or says whether
something was detected; a refused prompt carries them in `innererror.content_filter_result`, in the API of OpenAI's
shape also in `content_filters`.
"""

from collections.abc import Mapping
from typing import Any, cast


def told_categories(results: object) -> str:
    """Return the categories that were stopped with their severity, such as `hate (high), jailbreak`; empty for none."""
    if not isinstance(results, Mapping):
        return ""
    named = cast("Mapping[str, Any]", results)
    return ", ".join(_told(str(name), result) for name, result in sorted(named.items()) if _stopped(result))


def categories_of_refusal(error: Mapping[str, Any]) -> str:
    """Return what a refusal says was stopped, in the prompt or in the answer; empty where it does not say."""
    inner = error.get("innererror")
    if isinstance(inner, Mapping):
        fields = cast("Mapping[str, Any]", inner)
        return told_categories(fields.get("content_filter_result") or fields.get("content_filter_results"))
    return ""


def _stopped(result: object) -> bool:
    return isinstance(result, Mapping) and cast("Mapping[str, Any]", result).get("filtered") is True


def _told(name: str, result: Mapping[str, Any]) -> str:
    severity = result.get("severity")
    label = name.replace("_", " ")[:40]
    return f"{label} ({severity[:20]})" if isinstance(severity, str) else label
