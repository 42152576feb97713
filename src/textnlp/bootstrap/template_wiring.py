"""Wires stored templates, with the rest of the platform and without."""

import contextlib
from collections.abc import AsyncGenerator
from pathlib import Path

from textnlp.adapters.templates.blob_store import BlobTemplateStore
from textnlp.bootstrap.blob_wiring import open_blobs
from textnlp.domain.templates.stored import TemplateDraft
from textnlp.ports.blob_store import BlobStore
from textnlp.ports.template_store import TemplateStore
from textnlp.settings import Settings


def template_store(blobs: BlobStore) -> TemplateStore:
    """Wire the templates that lie among other blobs."""
    return BlobTemplateStore(blobs)


@contextlib.asynccontextmanager
async def open_templates(settings: Settings) -> AsyncGenerator[TemplateStore]:
    """Open the templates alone, beside a platform that may run on them or not."""
    async with contextlib.AsyncExitStack() as stack:
        yield template_store(await open_blobs(stack, settings))


def read_template(path: Path) -> TemplateDraft:
    """Read the file of a template; raises what `read_template_file` does."""
    from textnlp.adapters.documents.template_document import read_template_file  # noqa: PLC0415  YAML, for this alone

    return read_template_file(path)
