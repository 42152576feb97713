"""The templates of the data folder, shown as a running platform shows its own."""

import msgspec

from textnlp.application.create_template import create_template
from textnlp.application.render_template import render_template
from textnlp.application.run_template_tests import run_template_tests
from textnlp.client.templates import (
    RenderedTemplateRead,
    TemplateCreate,
    TemplateLatest,
    TemplatePage,
    TemplateRead,
    TemplateRender,
    TemplateSummary,
    TemplateTestReport,
    TemplateTestWrite,
)
from textnlp.domain.templates.facts import facts_of_test, report_facts, summary_facts, template_facts
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
        return _read(await create_template(self._store, draft, clock=self._clock))

    async def list(self, *, limit: int, after: str | None) -> TemplatePage:
        """List templates by name, each with its latest version."""
        page = await self._store.page(after=after, limit=limit)
        return TemplatePage(
            templates=[msgspec.convert(summary_facts(template), TemplateSummary) for template in page],
            next_after=page[-1].name if len(page) == limit else None,
        )

    async def show(self, template: str) -> TemplateLatest:
        """Show the latest version of a template, and which others there are."""
        latest = await self._store.get(TemplateReference(template))
        versions = list(await self._store.versions(template))
        return msgspec.convert({**template_facts(latest), "versions": versions}, TemplateLatest)

    async def show_version(self, template: str, version: str) -> TemplateRead:
        """Show one version of a template."""
        return _read(await self._store.get(TemplateReference(template, parse_version(version))))

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
    return msgspec.convert(report_facts(findings, title=title), TemplateTestReport)


def body_of(draft: TemplateDraft) -> TemplateCreate:
    """Return a draft as it is sent to a platform."""
    return TemplateCreate(
        name=draft.name,
        prompt=draft.text,
        system=draft.system,
        description=draft.description,
        tests=[TemplateTestWrite(**facts_of_test(test)) for test in draft.tests],
    )


def _read(template: StoredTemplate) -> TemplateRead:
    return msgspec.convert(template_facts(template), TemplateRead)
