"""A version of a template as it is kept: a JSON document that says when it was changed after all."""

import msgspec

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.templates.reference import TemplateReference
from textnlp.domain.templates.stored import StoredTemplate

_DECODER = msgspec.json.Decoder(StoredTemplate)


def encode_template(template: StoredTemplate) -> bytes:
    """Return the document of a version, indented for people."""
    return msgspec.json.format(msgspec.json.encode(template), indent=2) + b"\n"


def decode_template(document: bytes, *, reference: TemplateReference, tenant: str) -> StoredTemplate:
    """Read the document of a version; raise `CONFLICT` where it is not what was created under this name."""
    try:
        template = _DECODER.decode(document)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as exc:
        raise _changed(reference) from exc
    is_whole = template.content_sha256 == template.sha256
    if not is_whole or template.reference != reference or template.tenant != tenant:
        raise _changed(reference)
    return template


def _changed(reference: TemplateReference) -> TextNLPError:
    return TextNLPError(
        f"The stored document of template {reference} was changed since it was created.",
        kind=ErrorKind.CONFLICT,
        facts=ErrorFacts(hint="Bring it back from a backup; a change is made by creating the next version."),
    )
