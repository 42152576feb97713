# Made from the OpenAPI document. To renew: make reference
"""The operations around validations, and the models."""

from collections.abc import AsyncGenerator, Generator
from typing import Any

import msgspec

from textnlp.client.async_transport import AsyncTransport
from textnlp.client.call import Call, segment
from textnlp.client.shared import ValidationJobRead
from textnlp.client.transport import Transport


class ValidationJobCreate(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Rows that lie on the platform, and what they must be like; either `file` or `blob` says where they are.

    Attributes:
        file: the id of a file that was sent to `/v1/files`.
        blob: the path of a blob in the folder of the caller's tenant, `prompts/user-content/seeds/<tenant>/`.
        checks: as in a file of `textnlp validate`; the usual ones where there are none.
        columns: columns of texts for the usual checks; those that hold texts where none are named.
    """

    file: str | None = None
    blob: str | None = None
    checks: dict[str, Any] | None = None
    columns: list[str] | None = None


class Validations:
    """The operations around validations, one call at a time."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def create(self, body: ValidationJobCreate) -> ValidationJobRead:
        """Answer at once; a worker looks at the rows, of which there may be any number.

        JSON Lines, JSON, CSV, Parquet or text, by the ending of the name; the verdicts are those of `textnlp
        validate`.
        """
        return self._transport.decoded(_create(body), ValidationJobRead)

    def show(self, validation_id: str) -> ValidationJobRead:
        """Show how far a validation is, and its balance once it has completed.

        The answers of batches and generations have validations too, under the ids of these.
        """
        return self._transport.decoded(_show(validation_id), ValidationJobRead)

    def fetch_file(self, validation_id: str, result: str) -> Generator[bytes]:
        """Answer with one of the files that `textnlp validate` leaves; 409 until the validation has completed."""
        return self._transport.pieces(_fetch_file(validation_id, result))


class AsyncValidations:
    """The operations around validations, while others work."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def create(self, body: ValidationJobCreate) -> ValidationJobRead:
        """Answer at once; a worker looks at the rows, of which there may be any number.

        JSON Lines, JSON, CSV, Parquet or text, by the ending of the name; the verdicts are those of `textnlp
        validate`.
        """
        return await self._transport.decoded(_create(body), ValidationJobRead)

    async def show(self, validation_id: str) -> ValidationJobRead:
        """Show how far a validation is, and its balance once it has completed.

        The answers of batches and generations have validations too, under the ids of these.
        """
        return await self._transport.decoded(_show(validation_id), ValidationJobRead)

    def fetch_file(self, validation_id: str, result: str) -> AsyncGenerator[bytes]:
        """Answer with one of the files that `textnlp validate` leaves; 409 until the validation has completed."""
        return self._transport.pieces(_fetch_file(validation_id, result))


def _create(body: ValidationJobCreate) -> Call:
    return Call(method="POST", path="/api/v1/validations", body=body, takes_key=True)


def _show(validation_id: str) -> Call:
    return Call(method="GET", path=f"/api/v1/validations/{segment(validation_id)}")


def _fetch_file(validation_id: str, result: str) -> Call:
    return Call(
        method="GET",
        path=f"/api/v1/validations/{segment(validation_id)}/files/{segment(result)}",
        accept="application/octet-stream",
    )
