"""Manifests and lines of an index, as JSON."""

import msgspec

from textnlp.domain.backups.addresses import is_object_name
from textnlp.domain.backups.manifest import FORMAT, IndexLine, Manifest
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError

_ENCODER = msgspec.json.Encoder()
_MANIFESTS = msgspec.json.Decoder(Manifest)
_LINES = msgspec.json.Decoder(IndexLine)


def encode_manifest(manifest: Manifest) -> bytes:
    """Return a manifest as JSON."""
    return _ENCODER.encode(manifest)


def decode_manifest(data: bytes, *, backup_id: str) -> Manifest:
    """Read the manifest of a backup.

    Raises `CONFLICT` for what is none, for that of another backup, and for a format that is not known.
    """
    try:
        known = msgspec.json.decode(data, type=_Format)
        if known.format != FORMAT:
            raise TextNLPError(
                f"Backup {backup_id} has format {known.format}; this version reads {FORMAT}.",
                kind=ErrorKind.CONFLICT,
                facts=ErrorFacts(hint="Update TextNLP: pip install --upgrade textnlp."),
            )
        manifest = _MANIFESTS.decode(data)
    except msgspec.DecodeError as exc:
        raise damaged(f"The manifest of backup {backup_id} is none: {exc}.") from exc
    if manifest.id != backup_id or not all(map(is_object_name, manifest.index.chunks)):
        raise damaged(f"The manifest of backup {backup_id} is that of another, or names what is no object.")
    return manifest


def encode_line(line: IndexLine) -> bytes:
    """Return a line of an index with its line feed."""
    return _ENCODER.encode(line) + b"\n"


def decode_line(data: bytes) -> IndexLine:
    """Read a line of an index; raise `CONFLICT` for what is none."""
    try:
        line = _LINES.decode(data)
    except msgspec.DecodeError as exc:
        raise damaged(f"The index holds what is no line of it: {exc}.") from exc
    if not all(map(is_object_name, line.chunks)):
        raise damaged("The index names what is no object.")
    return line


def damaged(message: str) -> TextNLPError:
    """Build the error for a backup that is not as it was written."""
    hint = "Do not restore it; take another backup: textnlp backup list."
    return TextNLPError(message, kind=ErrorKind.CONFLICT, facts=ErrorFacts(hint=hint))


class _Format(msgspec.Struct):
    format: int
