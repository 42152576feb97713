import dataclasses

import pytest

from tests.factories.templates import review_draft
from textnlp.domain.errors import TextNLPError
from textnlp.domain.templates.compiled import CompiledTemplate, RenderedTemplate
from textnlp.domain.templates.stored import TemplateTest


def test_the_prompt_and_the_system_prompt_get_the_same_variables() -> None:
    compiled = CompiledTemplate(review_draft())
    assert compiled.variables == {"product", "language"}
    rendered = compiled.render({"product": "kettle", "language": "French"})
    assert rendered == RenderedTemplate(prompt="Review the kettle.", system="You write in French.")


def test_a_template_without_a_system_prompt_writes_none() -> None:
    compiled = CompiledTemplate(dataclasses.replace(review_draft(), system=None))
    assert compiled.variables == {"product"}
    assert compiled.render({"product": "kettle"}).system is None


def test_a_missing_variable_is_an_error() -> None:
    with pytest.raises(TextNLPError, match="'language'"):
        CompiledTemplate(review_draft()).render({"product": "kettle"})


def test_a_test_passes_when_its_fragments_are_in_either_prompt() -> None:
    draft = review_draft()
    finding = CompiledTemplate(draft).examine(draft.tests[0])
    assert finding.has_passed
    assert (finding.test, finding.reason) == ("a kettle", "")


def test_a_test_names_what_is_missing_and_what_must_not_be_there() -> None:
    test = TemplateTest(
        name="t",
        given={"product": "toaster", "language": "Latin"},
        expect=("toaster", "kettle"),
        reject=("pan", "Latin", "Review"),
    )
    finding = CompiledTemplate(review_draft()).examine(test)
    assert not finding.has_passed
    assert (finding.missing, finding.unwanted, finding.error) == (("kettle",), ("Latin", "Review"), None)
    assert finding.rendered == RenderedTemplate(prompt="Review the toaster.", system="You write in Latin.")
    assert finding.reason == "'kettle' is missing, 'Latin' must not be there, 'Review' must not be there."


def test_a_test_that_cannot_be_rendered_fails_and_says_why() -> None:
    finding = CompiledTemplate(review_draft()).examine(TemplateTest(name="t", expect=("a",)))
    assert not finding.has_passed
    assert finding.rendered is None
    assert "'product'" in finding.reason
