"""The templates of the data folder, shown as a running platform shows its own."""

from typing import Any

from textnlp.application.create_template import create_template
from textnlp.application.render_template import render_template
from textnlp.application.run_template_tests import run_template_tests
from textnlp.client.templates import (
    RenderedTemplateRead,
    TemplateCreate,
    TemplateFindingRead,
    TemplateLatest,
    TemplatePage,
    TemplateRead,
    TemplateRender,
    TemplateSummary,
    TemplateTestRead,
    TemplateTestReport,
    TemplateTestWrite,
)
from textnlp.domain.templates.compiled import CompiledTemplate, TemplateFinding
from textnlp.domain.templates.reference import TemplateReference, parse_reference, parse_version
from textnlp.domain.templates.stored import StoredTemplate, TemplateDraft
from textnlp.ports.clock import Clock
from textnlp.ports.template_store import TemplateStore


class LocalTemplates:
    """Answers as `AsyncTemplates` of the client does, without a platform.

    Raises what the use cases and the store do.
    """

    def __init__(self, store: TemplateStore, *, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def create(self, draft: TemplateDraft) -> TemplateRead:
        """Store the next version of a template, unless nothing differs."""
        return TemplateRead(**_facts(await create_template(self._store, draft, clock=self._clock)))

    async def list(self, *, limit: int, after: str | None) -> TemplatePage:
        """List templates by name, each with its latest version."""
        page = await self._store.page(after=after, limit=limit)
        return TemplatePage(
            templates=[TemplateSummary(**_summary(template)) for template in page],
            next_after=page[-1].name if len(page) == limit else None,
        )

    async def show(self, template: str) -> TemplateLatest:
        """Show the latest version of a template, and which others there are."""
        latest = await self._store.get(TemplateReference(template))
        return TemplateLatest(**_facts(latest), versions=list(await self._store.versions(template)))

    async def show_version(self, template: str, version: str) -> TemplateRead:
        """Show one version of a template."""
        return TemplateRead(**_facts(await self._store.get(TemplateReference(template, parse_version(version)))))

    async def render(self, reference: str, body: TemplateRender) -> RenderedTemplateRead:
        """Write out a template with variables."""
        template, rendered = await render_template(self._store, parse_reference(reference), body.variables or {})
        return RenderedTemplateRead(reference=str(template.reference), prompt=rendered.prompt, system=rendered.system)

    async def test(self, reference: str) -> TemplateTestReport:
        """Run the tests of a template."""
        template = await self._store.get(parse_reference(reference))
        return await report_on(template, title=str(template.reference))


async def report_on(template: TemplateDraft, *, title: str) -> TemplateTestReport:
    """Run the tests of a template that may be stored or not; `title` is what the report calls it."""
    findings = await run_template_tests(template)
    return TemplateTestReport(
        reference=title,
        passed=all(finding.has_passed for finding in findings),
        findings=[_finding(finding) for finding in findings],
    )


def body_of(draft: TemplateDraft) -> TemplateCreate:
    """Return a draft as it is sent to a platform."""
    return TemplateCreate(
        name=draft.name,
        prompt=draft.text,
        system=draft.system,
        description=draft.description,
        tests=[
            TemplateTestWrite(
                name=test.name, given=dict(test.given), expect=list(test.expect), reject=list(test.reject)
            )
            for test in draft.tests
        ],
    )


def _finding(finding: TemplateFinding) -> TemplateFindingRead:
    return TemplateFindingRead(
        test=finding.test,
        passed=finding.has_passed,
        missing=list(finding.missing),
        unwanted=list(finding.unwanted),
        error=finding.error,
        prompt=finding.rendered.prompt if finding.rendered else None,
        system=finding.rendered.system if finding.rendered else None,
    )


def _summary(template: StoredTemplate) -> dict[str, Any]:
    return {
        "reference": str(template.reference),
        "name": template.name,
        "version": template.version,
        "description": template.description,
        "created_at": template.created_at,
        "sha256": template.sha256,
    }


def _facts(template: StoredTemplate) -> dict[str, Any]:
    return {
        **_summary(template),
        "prompt": template.text,
        "system": template.system,
        "variables": sorted(CompiledTemplate(template).variables),
        "tests": [
            TemplateTestRead(name=test.name, given=dict(test.given), expect=list(test.expect), reject=list(test.reject))
            for test in template.tests
        ],
    }
