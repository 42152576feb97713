from datetime import UTC, datetime
from typing import Any

import pytest

from textnlp.cli.template_listing import print_report, print_template, print_templates
from textnlp.client.templates import (
    TemplateFindingRead,
    TemplateLatest,
    TemplateRead,
    TemplateSummary,
    TemplateTestRead,
    TemplateTestReport,
)

SUMMARY: dict[str, Any] = {
    "reference": "review@2",
    "name": "review",
    "version": 2,
    "description": "Short [bold]reviews[/bold].",
    "created_at": datetime(2026, 3, 1, 12, 0, tzinfo=UTC),
    "sha256": "ab",
}
WHOLE: dict[str, Any] = {
    **SUMMARY,
    "prompt": f"Review [i]{{{{ product }}}}[/i]: {'very ' * 40}well.\n",
    "system": "Be brief.",
    "tests": [TemplateTestRead(name="a kettle", given={}, expect=["a"], reject=[])],
    "variables": ["product"],
}


def finding(**facts: Any) -> TemplateFindingRead:
    told: dict[str, Any] = {"test": "a kettle", "passed": False, "missing": [], "unwanted": []}
    told |= {"error": None, "prompt": None, "system": None, **facts}
    return TemplateFindingRead(**told)


def test_templates_are_a_table_and_none_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    print_templates([TemplateSummary(**SUMMARY)])
    printed = capsys.readouterr().out
    assert "review@2" in printed
    assert "Short [bold]reviews[/bold]." in printed
    print_templates([])
    assert capsys.readouterr().out == "There are no templates.\n"


def test_the_texts_of_a_template_are_printed_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    print_template(TemplateLatest(**WHOLE, versions=[1, 2]))
    printed = capsys.readouterr().out
    assert WHOLE["prompt"] in printed
    assert "Be brief." in printed
    assert "1 to 2" in printed
    assert "a kettle" in printed
    without: dict[str, Any] = {**WHOLE, "system": None}
    print_template(TemplateRead(**without))
    printed = capsys.readouterr().out
    assert "system" not in printed
    assert "versions" not in printed


def test_a_failed_test_tells_what_was_expected_and_what_came(capsys: pytest.CaptureFixture[str]) -> None:
    failed = finding(missing=["kettle"], unwanted=["pan"], prompt="A pan.\n", system="Be [b]brief[/b].")
    broken = finding(test="nothing", error="'product' is undefined.")
    passed = finding(test="fine", passed=True, prompt="A cup.")
    print_report(TemplateTestReport(reference="review@2", passed=False, findings=[failed, broken, passed]))
    assert capsys.readouterr().out.splitlines() == [
        "failed  a kettle",
        "  expected  'kettle'",
        "  rejected  'pan'",
        "  system    'Be [b]brief[/b].'",
        "  prompt    'A pan.\\n'",
        "failed  nothing",
        "  'product' is undefined.",
        "passed  fine",
        "review@2: 1 of 3 tests passed.",
    ]


def test_a_template_without_tests_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    print_report(TemplateTestReport(reference="review@2", passed=True, findings=[]))
    assert capsys.readouterr().out == "review@2 has no tests.\n"
