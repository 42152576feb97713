"""Render a stored template."""

import asyncio
from collections.abc import Mapping
from typing import Any

from textnlp.domain.templates.compiled import CompiledTemplate, RenderedTemplate
from textnlp.domain.templates.reference import TemplateReference
from textnlp.domain.templates.stored import StoredTemplate
from textnlp.ports.template_store import TemplateReader


async def render_template(
    store: TemplateReader, reference: TemplateReference, variables: Mapping[str, Any]
) -> tuple[StoredTemplate, RenderedTemplate]:
    """Return the version that a reference means, and what it writes with these variables.

    Raises `NOT_FOUND` for a template that is not there, and what `PromptTemplate.render` does.
    """
    template = await store.get(reference)
    return template, await asyncio.to_thread(CompiledTemplate(template).render, variables)
