"""What a message of the validation queue asks for."""

from dataclasses import dataclass

import msgspec

from textnlp.domain.errors import TextNLPError, invalid_input
from textnlp.domain.identifiers import ValidationId
from textnlp.domain.messaging.model import OutgoingMessage
from textnlp.domain.messaging.versioned_body import UNREADABLE, other_version, version_of
from textnlp.domain.validation.stored_validation import ValidationKind
from textnlp.topology.events import BATCH_COMPLETED, GENERATION_COMPLETED

SCHEMA_VERSION = 1
"""Version of the order that is written; the release before this one must read it."""

READ_VERSIONS = frozenset({SCHEMA_VERSION})
_NAME = "the message of a validation"

_KINDS = {BATCH_COMPLETED: ValidationKind.BATCH, GENERATION_COMPLETED: ValidationKind.GENERATION}
_FOLDERS = {ValidationKind.BATCH: "batches/", ValidationKind.GENERATION: "generations/"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidationOrder:
    """Whose rows are to be looked at."""

    kind: ValidationKind
    id: ValidationId


class _Body(msgspec.Struct, kw_only=True):
    """A CloudEvent that tells of an end, or an order for a file; `version` tells which."""

    id: str
    version: int | None = None
    type: str = ""
    subject: str = ""


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(_Body).decode


def encode_order(validation_id: ValidationId) -> OutgoingMessage:
    """Make the message for the validation of a file; sending it twice delivers it once."""
    return OutgoingMessage(
        body=_encode({"version": SCHEMA_VERSION, "id": validation_id}),
        message_id=validation_id,
        properties={"validation_id": validation_id},
    )


def decode_order(body: bytes) -> ValidationOrder:
    """Read a message: the event of a batch or generation that has completed, or the order for a file.

    Raises `INVALID_INPUT` for one that is neither, or of another version.
    """
    try:
        read = _decode(body)
    except UNREADABLE as exc:
        _require_readable(version_of(body))
        raise _unreadable(str(exc)) from exc
    _require_readable(read.version)
    if read.version is not None:
        return ValidationOrder(kind=ValidationKind.FILE, id=ValidationId(read.id))
    kind = _KINDS.get(read.type)
    if kind is None:
        raise _unreadable(f"nothing is looked at after an event of type {read.type!r}")
    name = read.subject.removeprefix(_FOLDERS[kind])
    if not name or name == read.subject:
        raise _unreadable(f"its subject {read.subject!r} names no {kind.value}")
    return ValidationOrder(kind=kind, id=ValidationId(name))


def _require_readable(version: int | None) -> None:
    if version is not None and version not in READ_VERSIONS:
        raise other_version(version, versions=READ_VERSIONS, name=_NAME)


def _unreadable(reason: str) -> TextNLPError:
    return invalid_input(f"This is not {_NAME}: {reason}.")
