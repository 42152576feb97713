"""Templates, and how their tests ended, on the screen."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from textnlp.client.templates import (
    TemplateFindingRead,
    TemplateLatest,
    TemplateRead,
    TemplateSummary,
    TemplateTestReport,
)


def print_templates(templates: Sequence[TemplateSummary]) -> None:
    """Print templates as a table."""
    if not templates:
        Console().print("There are no templates.")
        return
    table = Table(box=None, header_style="dim", pad_edge=False)
    for title in ("template", "created"):
        table.add_column(title, no_wrap=True)
    table.add_column("description")
    for each in templates:
        table.add_row(Text(each.reference, style="bold"), f"{each.created_at:%Y-%m-%d %H:%M}", Text(each.description))
    Console().print(table)


def print_template(template: TemplateRead | TemplateLatest) -> None:
    """Print a version of a template, its texts as they are."""
    console = Console()
    facts = {
        "template": Text(template.reference, style="bold"),
        "description": Text(template.description),
        "created": Text(f"{template.created_at:%Y-%m-%d %H:%M}"),
        "variables": Text(", ".join(template.variables)),
        "tests": Text(", ".join(test.name for test in template.tests)),
    }
    if isinstance(template, TemplateLatest):
        facts["versions"] = Text(f"1 to {template.versions[-1]}" if len(template.versions) > 1 else "1")
    table = Table.grid(padding=(0, 2))
    for name, value in facts.items():
        if value.plain:
            table.add_row(Text(name, style="dim"), value)
    console.print(table)
    _print_text(console, "system", template.system)
    _print_text(console, "prompt", template.prompt)


def print_report(report: TemplateTestReport) -> None:
    """Print how each test ended; of one that failed, what was expected and what came."""
    console = Console()
    for finding in report.findings:
        mark = Text("passed", style="green") if finding.passed else Text("failed", style="red")
        console.print(Text.assemble(mark, "  ", (finding.test, "bold")))
        if not finding.passed:
            _print_failure(console, finding)
    passed = sum(finding.passed for finding in report.findings)
    if report.findings:
        console.print(
            f"{report.reference}: {passed} of {len(report.findings)} tests passed.", highlight=False, soft_wrap=True
        )
    else:
        console.print(f"{report.reference} has no tests.", highlight=False, soft_wrap=True)


def _print_failure(console: Console, finding: TemplateFindingRead) -> None:
    for word, fragments in (("expected", finding.missing), ("rejected", finding.unwanted)):
        for fragment in fragments:
            console.print(Text(f"  {word}  {fragment!r}"), soft_wrap=True)
    if finding.error is not None:
        console.print(Text(f"  {finding.error}"), soft_wrap=True)
    for title, text in (("system", finding.system), ("prompt", finding.prompt)):
        if text is not None:
            console.print(Text(f"  {title}    {text!r}", style="dim"), soft_wrap=True)


def _print_text(console: Console, title: str, text: str | None) -> None:
    if text is not None:
        console.print()
        console.print(Text(title, style="dim"))
        console.print(Text(text.rstrip("\n")), soft_wrap=True)
