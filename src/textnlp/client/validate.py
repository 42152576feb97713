# Made from the OpenAPI document. To renew: make reference
"""The operations around validate, and the models."""

from typing import Any

import msgspec

from textnlp.client.async_transport import AsyncTransport
from textnlp.client.call import Call
from textnlp.client.transport import Transport


class FindingRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Why a row fails, or what was found in it: the check, a sentence, and the column that it is about."""

    code: str
    message: str
    column: str | None


class ValidationCreate(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Rows, and what they must be like.

    Attributes:
        rows: objects with the same columns, or some of them.
        checks: as in a file of `textnlp validate`: `checks`, and `duplicates` among these rows.
    """

    rows: list[dict[str, Any]]
    checks: dict[str, Any]


class VerdictRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What is said of a row.

    Attributes:
        row: its place in the request, from 0.
        flags: what was found that is no reason to fail.
        scores: by check, where it gives one.
        values: the row after checks have redacted or replaced something; null where nothing was changed.
    """

    row: int
    passed: bool
    reasons: list[FindingRead]
    flags: list[FindingRead]
    scores: dict[str, float]
    values: dict[str, Any] | None


class ValidationRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The verdicts in the order of the rows, and their balance: rows = accepted + rejected."""

    rows: int
    accepted: int
    rejected: int
    verdicts: list[VerdictRead]


class Validate:
    """The operations around validate, one call at a time."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def rows(self, body: ValidationCreate) -> ValidationRead:
        """Say of each row whether it is good, and why not: what `textnlp validate` says of the same rows."""
        return self._transport.decoded(_rows(body), ValidationRead)


class AsyncValidate:
    """The operations around validate, while others work."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def rows(self, body: ValidationCreate) -> ValidationRead:
        """Say of each row whether it is good, and why not: what `textnlp validate` says of the same rows."""
        return await self._transport.decoded(_rows(body), ValidationRead)


def _rows(body: ValidationCreate) -> Call:
    return Call(method="POST", path="/api/v1/validate", body=body)
