"""Wires stored templates, with the rest of the platform and without."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from pathlib import Path

from textnlp.adapters.blobs.local_folder import local_blob_store
from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.templates.blob_store import BlobTemplateStore
from textnlp.domain.templates.stored import TemplateDraft
from textnlp.ports.blob_store import BlobStore
from textnlp.ports.template_store import TemplateStore
from textnlp.settings import Settings


def template_store(blobs: BlobStore) -> TemplateStore:
    """Wire the templates that lie among other blobs."""
    return BlobTemplateStore(blobs)


@contextlib.asynccontextmanager
async def open_templates(settings: Settings) -> AsyncGenerator[TemplateStore]:
    """Open the templates of the data folder alone, beside a platform that may run on it or not."""
    blobs = await asyncio.to_thread(local_blob_store, settings.blobs_dir, clock=SystemClock())
    async with contextlib.aclosing(blobs):
        yield template_store(blobs)


def read_template(path: Path) -> TemplateDraft:
    """Read the file of a template; raises what `read_template_file` does."""
    from textnlp.adapters.documents.template_document import read_template_file  # noqa: PLC0415  YAML, for this alone

    return read_template_file(path)
