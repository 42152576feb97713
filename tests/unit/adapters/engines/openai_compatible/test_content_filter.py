from typing import Any

import pytest

from textnlp.adapters.engines.openai_compatible.content_filter import (
    SeenVerdicts,
    verdicts_of,
    verdicts_of_answer,
    verdicts_of_refusal,
)
from textnlp.domain.filter_verdict import FilteredPart, FilterVerdict, told_stopped

SAFE = {"filtered": False, "severity": "safe"}


def verdict(category: str, *, part: FilteredPart = FilteredPart.ANSWER, **given: Any) -> FilterVerdict:
    return FilterVerdict(part=part, category=category, **given)


def test_only_what_was_found_has_a_verdict() -> None:
    results = {
        "hate": {"filtered": True, "severity": "high"},
        "violence": {"filtered": False, "severity": "low"},
        "sexual": SAFE,
        "jailbreak": {"filtered": True, "detected": True},
        "protected_material_code": {"filtered": False, "detected": True, "citation": {"license": "MIT"}},
        "protected_material_text": {"filtered": False, "detected": False},
        "custom_blocklists": {"filtered": True, "details": [{"id": "words", "filtered": True}]},
    }
    found = verdicts_of(results, FilteredPart.ANSWER)
    assert found == (
        verdict("custom_blocklists", is_stopped=True),
        verdict("hate", severity="high", is_stopped=True),
        verdict("jailbreak", is_stopped=True),
        verdict("protected_material_code"),
        verdict("violence", severity="low"),
    )
    assert told_stopped(found) == "custom blocklists, hate (high), jailbreak"


def test_a_filter_that_could_not_be_asked_is_told() -> None:
    error = {"error": {"code": "content_filter_error", "message": "The contents are not filtered"}}
    assert verdicts_of(error, FilteredPart.PROMPT) == (verdict("error", part=FilteredPart.PROMPT),)


@pytest.mark.parametrize("results", [None, {}, [], "hate", {"hate": True}, {"hate": {"filtered": "yes"}}, 3])
def test_what_is_no_result_of_the_filter_has_no_verdicts(results: object) -> None:
    assert verdicts_of(results, FilteredPart.ANSWER) == ()
    assert verdicts_of_answer(results, results) == ()
    assert verdicts_of_refusal({"innererror": results}) == ()


def test_what_a_provider_says_is_bounded() -> None:
    many = {f"{number:03}" + "x" * 60: {"filtered": True, "severity": "y" * 60} for number in range(99)}
    found = verdicts_of(many, FilteredPart.ANSWER)
    assert len(found) == 32
    assert {(len(each.category), len(each.severity)) for each in found} == {(40, 40)}


def test_an_answer_tells_of_its_prompt_first() -> None:
    low = {"hate": {"filtered": False, "severity": "low"}}
    prompts = [{"prompt_index": 0, "content_filter_results": low}, "none"]
    assert [each.part for each in verdicts_of_answer(prompts, low)] == [FilteredPart.PROMPT, FilteredPart.ANSWER]


def test_what_stopped_a_stream_is_not_forgotten_for_what_comes_after_it() -> None:
    seen = SeenVerdicts()
    seen.add([verdict("hate", severity="low"), verdict("violence", severity="low")])
    seen.add([verdict("hate", severity="high", is_stopped=True)])
    seen.add([verdict("hate", severity="low"), verdict("violence", severity="medium")])
    assert seen.all() == (verdict("hate", severity="high", is_stopped=True), verdict("violence", severity="medium"))
