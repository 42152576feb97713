"""What is told of templates and of their tests, in JSON's own types but for moments."""

from collections.abc import Sequence
from typing import Any

from textnlp.domain.templates.compiled import CompiledTemplate, TemplateFinding
from textnlp.domain.templates.stored import StoredTemplate, TemplateTest


def summary_facts(template: StoredTemplate) -> dict[str, Any]:
    """Return what a list says of a version."""
    return {
        "reference": str(template.reference),
        "name": template.name,
        "version": template.version,
        "description": template.description,
        "created_at": template.created_at,
        "sha256": template.sha256,
    }


def template_facts(template: StoredTemplate) -> dict[str, Any]:
    """Return everything that is said of a version."""
    return {
        **summary_facts(template),
        "prompt": template.text,
        "system": template.system,
        "variables": sorted(CompiledTemplate(template).variables),
        "tests": [facts_of_test(test) for test in template.tests],
    }


def facts_of_test(test: TemplateTest) -> dict[str, Any]:
    """Return a test as it is written and read."""
    return {
        "name": test.name,
        "given": dict(test.given),
        "expect": list(test.expect),
        "reject": list(test.reject),
    }


def report_facts(findings: Sequence[TemplateFinding], *, title: str) -> dict[str, Any]:
    """Return how the tests of a template ended; `title` is what the report calls it."""
    return {
        "reference": title,
        "passed": all(finding.has_passed for finding in findings),
        "findings": [_finding_facts(finding) for finding in findings],
    }


def _finding_facts(finding: TemplateFinding) -> dict[str, Any]:
    rendered = finding.rendered
    return {
        "test": finding.test,
        "passed": finding.has_passed,
        "missing": list(finding.missing),
        "unwanted": list(finding.unwanted),
        "error": finding.error,
        "prompt": None if rendered is None else rendered.prompt,
        "system": None if rendered is None else rendered.system,
    }
