"""Templates in memory, gone with the process."""

from collections.abc import Sequence
from datetime import datetime

from textnlp.domain.identity.tenant import LOCAL_TENANT
from textnlp.domain.templates.reference import TemplateReference, no_such_template
from textnlp.domain.templates.stored import StoredTemplate, TemplateDraft, next_version

_Versions = dict[str, list[StoredTemplate]]


class MemoryTemplateStore:
    """Satisfies the `TemplateStore` port."""

    def __init__(self, tenants: dict[str, _Versions] | None = None, *, tenant: str = LOCAL_TENANT) -> None:
        self._tenants = {} if tenants is None else tenants
        self._tenant = tenant

    def for_tenant(self, tenant: str) -> "MemoryTemplateStore":
        """Return the store of another tenant's templates."""
        return MemoryTemplateStore(self._tenants, tenant=tenant)

    async def create(self, draft: TemplateDraft, *, at: datetime) -> StoredTemplate:
        """Store the next version, unless nothing differs."""
        versions = self._tenants.setdefault(self._tenant, {}).get(draft.name, [])
        template = next_version(draft, versions[-1] if versions else None, at=at, tenant=self._tenant)
        if template.version > len(versions):
            self._tenants[self._tenant][draft.name] = [*versions, template]
        return template

    async def get(self, reference: TemplateReference) -> StoredTemplate:
        """Return a version."""
        versions = self._own.get(reference.name, [])
        version = reference.version or len(versions)
        if not 0 < version <= len(versions):
            raise no_such_template(reference, latest=len(versions))
        return versions[version - 1]

    async def page(self, *, after: str | None = None, limit: int = 100) -> Sequence[StoredTemplate]:
        """List the latest versions by name."""
        names = sorted(name for name in self._own if after is None or name > after)
        return [self._own[name][-1] for name in names[:limit]]

    async def versions(self, name: str) -> Sequence[int]:
        """List the versions of a template."""
        versions = self._own.get(name)
        if versions is None:
            raise no_such_template(TemplateReference(name))
        return [template.version for template in versions]

    @property
    def _own(self) -> _Versions:
        return self._tenants.get(self._tenant, {})
