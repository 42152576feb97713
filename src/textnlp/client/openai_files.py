# Made from the OpenAPI document. To renew: make reference
"""The operations around OpenAI's files, and the models."""

from collections.abc import AsyncGenerator, Generator
from pathlib import Path
from typing import Literal

import msgspec

from textnlp.client.async_transport import AsyncTransport
from textnlp.client.call import Call, Upload, segment
from textnlp.client.open_enum import OpenEnum
from textnlp.client.transport import Transport


class FileCreate(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What goes with a file, as fields of a form."""

    purpose: Literal["assistants", "batch", "evals", "fine-tune", "user_data", "vision"]
    expires_after_anchor_: Literal["created_at"] | None = msgspec.field(default=None, name="expires_after[anchor]")
    expires_after_seconds_: int | None = msgspec.field(default=None, name="expires_after[seconds]")


class FileDeleted(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A file that is gone."""

    id: str
    object: str = "file"
    deleted: Literal[True] = True


class FilePurpose(OpenEnum):
    """What a file is for, in OpenAI's words; `BATCH_OUTPUT` is given by the platform only."""

    ASSISTANTS = "assistants"
    BATCH = "batch"
    BATCH_OUTPUT = "batch_output"
    EVALS = "evals"
    FINE_TUNE = "fine-tune"
    USER_DATA = "user_data"
    VISION = "vision"


class FileRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A file; times are in seconds since 1970."""

    id: str
    object: str = "file"
    bytes: int
    created_at: int
    expires_at: int | None
    filename: str
    purpose: FilePurpose
    status: str = "processed"
    status_details: None = None


class FilePage(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Files; where `has_more`, `last_id` continues the listing."""

    object: str = "list"
    data: list[FileRead]
    first_id: str | None
    last_id: str | None
    has_more: bool


class OpenAIFiles:
    """The operations around OpenAI's files, one call at a time."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(
        self,
        *,
        after: str | None = None,
        limit: int | None = None,
        order: Literal["asc", "desc"] | None = None,
        purpose: FilePurpose | None = None,
        api_version: str | None = None,
    ) -> FilePage:
        """List files, newest first unless `order` says otherwise."""
        return self._transport.decoded(
            _list(after=after, limit=limit, order=order, purpose=purpose, api_version=api_version), FilePage
        )

    def upload_file(self, file: Path, *, name: str | None = None, form: FileCreate | None = None) -> FileRead:
        """Store the `file` of a form; it is kept as it is, and read when a batch is made over it."""
        return self._transport.decoded(_upload_file(file, name=name, form=form), FileRead)

    def show(self, file_id: str) -> FileRead:
        """Show what is known of a file."""
        return self._transport.decoded(_show(file_id), FileRead)

    def delete(self, file_id: str) -> FileDeleted:
        """Delete a file and its bytes; a batch that was made over it goes on, once it is in progress."""
        return self._transport.decoded(_delete(file_id), FileDeleted)

    def fetch_content(self, file_id: str) -> Generator[bytes]:
        """Answer with the bytes of a file; 303 names a link for a large one where it lies in a store of its own."""
        return self._transport.pieces(_fetch_content(file_id))


class AsyncOpenAIFiles:
    """The operations around OpenAI's files, while others work."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def list(
        self,
        *,
        after: str | None = None,
        limit: int | None = None,
        order: Literal["asc", "desc"] | None = None,
        purpose: FilePurpose | None = None,
        api_version: str | None = None,
    ) -> FilePage:
        """List files, newest first unless `order` says otherwise."""
        return await self._transport.decoded(
            _list(after=after, limit=limit, order=order, purpose=purpose, api_version=api_version), FilePage
        )

    async def upload_file(self, file: Path, *, name: str | None = None, form: FileCreate | None = None) -> FileRead:
        """Store the `file` of a form; it is kept as it is, and read when a batch is made over it."""
        return await self._transport.decoded(_upload_file(file, name=name, form=form), FileRead)

    async def show(self, file_id: str) -> FileRead:
        """Show what is known of a file."""
        return await self._transport.decoded(_show(file_id), FileRead)

    async def delete(self, file_id: str) -> FileDeleted:
        """Delete a file and its bytes; a batch that was made over it goes on, once it is in progress."""
        return await self._transport.decoded(_delete(file_id), FileDeleted)

    def fetch_content(self, file_id: str) -> AsyncGenerator[bytes]:
        """Answer with the bytes of a file; 303 names a link for a large one where it lies in a store of its own."""
        return self._transport.pieces(_fetch_content(file_id))


def _list(
    *,
    after: str | None = None,
    limit: int | None = None,
    order: Literal["asc", "desc"] | None = None,
    purpose: FilePurpose | None = None,
    api_version: str | None = None,
) -> Call:
    return Call(
        method="GET",
        path="/v1/files",
        query={"after": after, "limit": limit, "order": order, "purpose": purpose, "api-version": api_version},
    )


def _upload_file(file: Path, *, name: str | None = None, form: FileCreate | None = None) -> Call:
    return Call(method="POST", path="/v1/files", fields=form, upload=Upload(file, name), takes_key=True)


def _show(file_id: str) -> Call:
    return Call(method="GET", path=f"/v1/files/{segment(file_id)}")


def _delete(file_id: str) -> Call:
    return Call(method="DELETE", path=f"/v1/files/{segment(file_id)}")


def _fetch_content(file_id: str) -> Call:
    return Call(method="GET", path=f"/v1/files/{segment(file_id)}/content", accept="application/octet-stream")
