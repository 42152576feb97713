"""Prompt templates under their names, in versions that never change."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from textnlp.domain.templates.reference import TemplateReference
from textnlp.domain.templates.stored import StoredTemplate, TemplateDraft


class TemplateReader(Protocol):
    """Reads the templates of one tenant.

    What is not there raises `NOT_FOUND`, a version whose stored form is not what was created `CONFLICT`, a store that
    cannot be reached `UNAVAILABLE`.
    """

    async def get(self, reference: TemplateReference) -> StoredTemplate:
        """Return a version, the latest where the reference names none."""
        ...

    async def page(self, *, after: str | None = None, limit: int = 100) -> Sequence[StoredTemplate]:
        """List the latest versions of templates by name, those after the name `after`."""
        ...

    async def versions(self, name: str) -> Sequence[int]:
        """List the versions of a template, the first one first."""
        ...


class TemplateStore(TemplateReader, Protocol):
    """Reads the templates of one tenant, `local` unless it was asked for another, and takes further versions."""

    def for_tenant(self, tenant: str) -> "TemplateStore":
        """Return the store of another tenant's templates; a name means another template in each."""
        ...

    async def create(self, draft: TemplateDraft, *, at: datetime) -> StoredTemplate:
        """Store the next version of a template and return it; return the latest one where nothing differs from it.

        However many do so at once, each version is stored once and none is left out. Raises what `next_version` does.
        """
        ...
