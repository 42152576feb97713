"""Run the tests of a template."""

import asyncio

from textnlp.domain.templates.compiled import CompiledTemplate, TemplateFinding
from textnlp.domain.templates.stored import TemplateDraft


async def run_template_tests(template: TemplateDraft) -> list[TemplateFinding]:
    """Return how each test of a template ends, in their order; raises what `PromptTemplate` does.

    Each runs in a thread, for a template may take a while; between two of them the run can be cancelled.
    """
    compiled = CompiledTemplate(template)
    return [await asyncio.to_thread(compiled.examine, test) for test in template.tests]
