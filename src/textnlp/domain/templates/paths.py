"""Where the blobs of stored templates lie."""

import hashlib
import re

from textnlp.domain.identity.tenant import LOCAL_TENANT
from textnlp.domain.templates.reference import TemplateReference, is_name, parse_version
from textnlp.topology.containers import PROMPTS_SYSTEM, PROMPTS_TEMPLATES

_DOCUMENT = re.compile(r"([^/]+)/([1-9][0-9]{0,8})\.json")


def templates_prefix(tenant: str) -> str:
    """Return the folder of a tenant's templates, ending in `/`.

    The tenant of this machine has the container's folder itself, every other one a folder in it whose name no template
    can have.
    """
    return f"{PROMPTS_TEMPLATES}/{_folder(tenant)}"


def document_path(tenant: str, name: str, version: int) -> str:
    """Return the blob with a version of a template."""
    return f"{templates_prefix(tenant)}{name}/{version}.json"


def system_prompt_path(tenant: str, name: str, version: int) -> str:
    """Return the blob with the system prompt of a version of a template, as a text."""
    return f"{PROMPTS_SYSTEM}/{_folder(tenant)}{name}/{version}.txt"


def reference_at(path: str, *, tenant: str) -> TemplateReference | None:
    """Return the version whose document a blob is; None for a blob that is none of this tenant's."""
    found = _DOCUMENT.fullmatch(path.removeprefix(templates_prefix(tenant)))
    if found is None or not is_name(found[1]):
        return None
    return TemplateReference(found[1], parse_version(found[2]))


def _folder(tenant: str) -> str:
    """Return a tenant's folder: `@` and its name, or the hash of a name that folders cannot have everywhere."""
    if tenant == LOCAL_TENANT:
        return ""
    if is_name(tenant):
        return f"@{tenant}/"
    return f"@@{hashlib.sha256(tenant.encode('utf-8', 'surrogatepass')).hexdigest()}/"
