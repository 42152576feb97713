"""Bodies of messages that say which version of their schema they are of."""

from collections.abc import Callable, Collection
from typing import Protocol, TypeVar

import msgspec

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError, invalid_input

UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError)
"""What `msgspec` raises for bytes that are no such message."""


class _Versioned(Protocol):
    @property
    def version(self) -> int: ...


class _Head(msgspec.Struct):
    version: int


_BodyT = TypeVar("_BodyT", bound=_Versioned)
_decode_head = msgspec.json.Decoder(_Head).decode


def decode_body(body: bytes, decode: Callable[[bytes], _BodyT], *, versions: Collection[int], name: str) -> _BodyT:
    """Read the body of a message that is of one of `versions`; fields that are not known are passed over.

    Raises `INVALID_INPUT` for what is no such message, and for one of another version, which it names whatever else
    that version changed. `name` is what the message is called.
    """
    try:
        found = decode(body)
    except UNREADABLE as exc:
        version = version_of(body)
        if version is not None and version not in versions:
            raise other_version(version, versions=versions, name=name) from exc
        raise invalid_input(f"This is not {name}: {exc}.") from exc
    if found.version not in versions:
        raise other_version(found.version, versions=versions, name=name)
    return found


def version_of(body: bytes) -> int | None:
    """Return the version that a message says it is of, None where it says none."""
    try:
        return _decode_head(body).version
    except UNREADABLE:
        return None


def other_version(version: int, *, versions: Collection[int], name: str) -> TextNLPError:
    """Build the error for a message of a version that this release does not read."""
    readable = ", ".join(map(str, sorted(versions)))
    return TextNLPError(
        f"This is {name} of version {version}; this release reads {readable}.",
        kind=ErrorKind.INVALID_INPUT,
        facts=ErrorFacts(hint="Send it again once all processes are updated: textnlp deadletter resend."),
    )
