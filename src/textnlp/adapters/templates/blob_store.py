"""Templates as blobs, one document a version."""

from collections.abc import Sequence
from datetime import datetime

from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identity.tenant import LOCAL_TENANT
from textnlp.domain.templates.paths import document_path, reference_at, system_prompt_path, templates_prefix
from textnlp.domain.templates.record import decode_template, encode_template
from textnlp.domain.templates.reference import TemplateReference, no_such_template, require_name
from textnlp.domain.templates.stored import StoredTemplate, TemplateDraft, next_version
from textnlp.ports.blob_store import BlobStore

_ATTEMPTS = 100


class BlobTemplateStore:
    """Satisfies the `TemplateStore` port; any number of processes may use the same blobs.

    The document of a version is written only where none is yet, which decides who gets the version. It says all that
    there is; the system prompt lies apart as well, as a text, for whoever wants nothing else. That text is written
    after the document: where a process ends between the two, creating the same again brings it.
    """

    def __init__(self, blobs: BlobStore, *, tenant: str = LOCAL_TENANT) -> None:
        self._blobs = blobs
        self._tenant = tenant

    def for_tenant(self, tenant: str) -> "BlobTemplateStore":
        """Return the store of another tenant's templates."""
        return BlobTemplateStore(self._blobs, tenant=tenant)

    async def create(self, draft: TemplateDraft, *, at: datetime) -> StoredTemplate:
        """Store the next version, unless nothing differs; raise `UNAVAILABLE` where others always come first."""
        for _ in range(_ATTEMPTS):
            number = await self._latest(draft.name)
            latest = await self._read(TemplateReference(draft.name, number)) if number else None
            template = next_version(draft, latest, at=at, tenant=self._tenant)
            path = document_path(self._tenant, template.name, template.version)
            if template is latest or await self._is_first(path, encode_template(template)):
                await self._put_system_prompt(template)
                return template
        message = f"Others create versions of template {draft.name!r} all the time."
        raise TextNLPError(message, kind=ErrorKind.UNAVAILABLE)

    async def get(self, reference: TemplateReference) -> StoredTemplate:
        """Return a version."""
        if reference.version is not None:
            try:
                return await self._read(reference)
            except TextNLPError as error:
                if error.kind is not ErrorKind.NOT_FOUND:
                    raise
        latest = await self._latest(reference.name)
        if reference.version is not None or not latest:
            raise no_such_template(reference, latest=latest)
        return await self._read(TemplateReference(reference.name, latest))

    async def page(self, *, after: str | None = None, limit: int = 100) -> Sequence[StoredTemplate]:
        """List the latest versions by name."""
        latest: dict[str, int] = {}
        for found in await self._references(templates_prefix(self._tenant)):
            latest[found.name] = max(latest.get(found.name, 0), found.version or 0)
        names = sorted(name for name in latest if after is None or name > after)
        return [await self._read(TemplateReference(name, latest[name])) for name in names[:limit]]

    async def versions(self, name: str) -> Sequence[int]:
        """List the versions of a template."""
        found = await self._versions(name)
        if not found:
            raise no_such_template(TemplateReference(name))
        return found

    async def _latest(self, name: str) -> int:
        return max(await self._versions(name), default=0)

    async def _versions(self, name: str) -> list[int]:
        name = require_name(name, field="name")
        references = await self._references(f"{templates_prefix(self._tenant)}{name}/")
        return sorted(found.version or 0 for found in references)

    async def _references(self, prefix: str) -> list[TemplateReference]:
        paths = [entry.path async for entry in self._blobs.entries(prefix)]
        return [found for path in paths if (found := reference_at(path, tenant=self._tenant)) is not None]

    async def _read(self, reference: TemplateReference) -> StoredTemplate:
        document = await self._blobs.get(document_path(self._tenant, reference.name, reference.version or 0))
        return decode_template(document, reference=reference, tenant=self._tenant)

    async def _put_system_prompt(self, template: StoredTemplate) -> None:
        if template.system is not None:
            path = system_prompt_path(self._tenant, template.name, template.version)
            await self._is_first(path, template.system.encode())

    async def _is_first(self, path: str, data: bytes) -> bool:
        """Write a blob unless it is there already, and tell whether it was written."""
        try:
            await self._blobs.put(path, data, if_absent=True)
        except TextNLPError as error:
            if error.kind is not ErrorKind.CONFLICT:
                raise
            return False
        return True
