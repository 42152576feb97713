"""Rows on their way to a machine that looks at them, and what it says of them on the way back."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.validation.row_checks import CheckedRow
from textnlp.domain.validation.sent_checks import SentChecks, sent_back


class RowPart(msgspec.Struct):
    """A part of the rows, by batches, with the checks as JSON."""

    checks: str
    batches: list[list[dict[str, Any]]]


def pack_part(checks: SentChecks, batches: Sequence[Sequence[Mapping[str, Any]]]) -> bytes:
    """Return a part as bytes; raise `INVALID_INPUT` for rows with values that would arrive as others."""
    part = RowPart(checks.document, [[dict(row) for row in batch] for batch in batches])
    try:
        packed = msgspec.msgpack.encode(part)
        is_same = msgspec.msgpack.decode(packed, type=RowPart).batches == part.batches
    except (TypeError, OverflowError, ValueError):
        packed, is_same = b"", False
    if not is_same:
        raise TextNLPError(
            "Rows with values that JSON does not have cannot be looked at on a pool.",
            kind=ErrorKind.INVALID_INPUT,
            facts=ErrorFacts(hint="Leave --on out, or write dates and decimals as texts.", field="--on"),
        )
    return packed


def look_at_part(packed: bytes) -> bytes:
    """Look at the rows of a part, and return what checks say of each."""
    part = msgspec.msgpack.decode(packed, type=RowPart)
    checks = SentChecks(part.checks, {}).made()
    return msgspec.msgpack.encode([sent_back(checks.look(batch)) for batch in part.batches])


def unpack_verdicts(packed: bytes) -> list[list[CheckedRow]]:
    """Return what was said of each row of a part, by batches."""
    return msgspec.msgpack.decode(packed, type=list[list[CheckedRow]])
