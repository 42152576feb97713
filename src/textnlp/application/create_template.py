"""Store the next version of a template."""

from textnlp.application.run_template_tests import run_template_tests
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.templates.draft_rules import checked_draft
from textnlp.domain.templates.stored import StoredTemplate, TemplateDraft
from textnlp.ports.clock import Clock
from textnlp.ports.template_store import TemplateStore


async def create_template(store: TemplateStore, draft: TemplateDraft, *, clock: Clock) -> StoredTemplate:
    """Store the next version of a template and return it; return the latest one where nothing differs from it.

    Raises what `checked_draft` does, and `INVALID_INPUT` with the field `tests[…]` where one of its own tests fails: a
    version cannot be corrected later.
    """
    checked = checked_draft(draft)
    for place, finding in enumerate(await run_template_tests(checked)):
        if not finding.has_passed:
            raise TextNLPError(
                f"Test {finding.test!r} of the template fails: {finding.reason}",
                kind=ErrorKind.INVALID_INPUT,
                facts=ErrorFacts(field=f"tests[{place}]"),
            )
    return await store.create(checked, at=clock.now())
