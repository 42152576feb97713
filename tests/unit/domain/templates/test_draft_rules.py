import dataclasses
from typing import Any

import pytest

from tests.factories.templates import review_draft
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.templates.draft_rules import MAX_TESTS, checked_draft
from textnlp.domain.templates.stored import TemplateTest

TEST = TemplateTest(name="t", expect=("a",))


def test_a_sound_draft_is_let_be() -> None:
    assert checked_draft(review_draft()) == review_draft()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "Review"}, "name"),
        ({"text": " \n"}, "prompt"),
        ({"text": "{{ "}, "prompt"),
        ({"text": "a" * 65_537}, "prompt"),
        ({"system": ""}, "system"),
        ({"system": "{% include 'x' %}"}, "system"),
        ({"description": "a" * 1_001}, "description"),
        ({"tests": tuple(dataclasses.replace(TEST, name=str(n)) for n in range(MAX_TESTS + 1))}, "tests"),
        ({"tests": (TEST, TEST)}, "tests[1].name"),
        ({"tests": (dataclasses.replace(TEST, name=" "),)}, "tests[0].name"),
        ({"tests": (dataclasses.replace(TEST, name="a" * 101),)}, "tests[0].name"),
        ({"tests": (dataclasses.replace(TEST, expect=()),)}, "tests[0]"),
        ({"tests": (dataclasses.replace(TEST, expect=("",)),)}, "tests[0].expect"),
        ({"tests": (dataclasses.replace(TEST, reject=("a", "")),)}, "tests[0].reject"),
        ({"tests": (dataclasses.replace(TEST, reject=("a",) * 51),)}, "tests[0].reject"),
        ({"tests": (dataclasses.replace(TEST, given={"n": 10**5_000}),)}, "tests[0].given"),
        ({"tests": (dataclasses.replace(TEST, given={"n": object()}),)}, "tests[0].given"),
        ({"tests": (dataclasses.replace(TEST, given={"n": "\ud800"}),)}, "tests[0].given"),
        ({"tests": (dataclasses.replace(TEST, given={"n": "a" * (1 << 20)}),)}, "tests"),
    ],
)
def test_what_cannot_be_stored_is_refused_with_its_field(change: dict[str, Any], field: str) -> None:
    with pytest.raises(TextNLPError) as caught:
        checked_draft(dataclasses.replace(review_draft(), **change))
    assert caught.value.kind is ErrorKind.INVALID_INPUT
    assert caught.value.facts.field == field


def test_what_is_wrong_with_a_prompt_has_its_place_in_it() -> None:
    with pytest.raises(TextNLPError) as caught:
        checked_draft(review_draft(text="One\n{{ a b }}"))
    assert caught.value.facts.line == 2


def test_variables_become_what_json_can_say() -> None:
    test = dataclasses.replace(TEST, given={"nothing": float("nan"), "pair": (1, 2)})
    (checked,) = checked_draft(dataclasses.replace(review_draft(), tests=(test,))).tests
    assert checked.given == {"nothing": None, "pair": [1, 2]}
