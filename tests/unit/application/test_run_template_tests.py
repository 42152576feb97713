import dataclasses

from tests.factories.templates import review_draft
from textnlp.application.run_template_tests import run_template_tests
from textnlp.domain.templates.stored import TemplateTest


async def test_every_test_is_run_in_order() -> None:
    (good,) = review_draft().tests
    bad = dataclasses.replace(good, name="a pan", expect=("pan",))
    broken = TemplateTest(name="nothing", expect=("pan",))
    findings = await run_template_tests(dataclasses.replace(review_draft(), tests=(bad, good, broken)))
    assert [(finding.test, finding.has_passed) for finding in findings] == [
        ("a pan", False),
        ("a kettle", True),
        ("nothing", False),
    ]
    assert (findings[0].missing, findings[2].error is None) == (("pan",), False)


async def test_a_template_without_tests_has_no_findings() -> None:
    assert await run_template_tests(dataclasses.replace(review_draft(), tests=())) == []
