from datetime import UTC, datetime

import msgspec

from tests.factories.templates import review_draft
from textnlp.domain.templates.compiled import RenderedTemplate, TemplateFinding
from textnlp.domain.templates.facts import facts_of_test, report_facts, summary_facts, template_facts
from textnlp.domain.templates.stored import next_version

AT = datetime(2026, 3, 1, tzinfo=UTC)
STORED = next_version(review_draft(), None, at=AT, tenant="local")


def test_a_version_is_told_with_the_variables_of_both_its_texts() -> None:
    facts = template_facts(STORED)
    assert facts["variables"] == ["language", "product"]
    assert facts["tests"] == [facts_of_test(test) for test in STORED.tests]
    assert {name: facts[name] for name in summary_facts(STORED)} == summary_facts(STORED)
    assert (facts["reference"], facts["created_at"]) == ("review@1", AT)
    assert "tenant" not in facts


def test_a_report_passes_where_every_test_does_and_says_what_was_missing() -> None:
    passed = TemplateFinding(test="one", rendered=RenderedTemplate(prompt="Yes."))
    failed = TemplateFinding(test="two", missing=("No.",))
    assert report_facts([passed], title="review@1")["passed"] is True
    report = report_facts([passed, failed], title="review@1")
    assert report["passed"] is False
    assert [finding["missing"] for finding in report["findings"]] == [[], ["No."]]
    assert [finding["prompt"] for finding in report["findings"]] == ["Yes.", None]
    assert msgspec.json.encode(report)
