"""A file, as OpenAI's clients store and list it."""

from typing import Annotated, Any, ClassVar, Literal

import msgspec

from textnlp.domain.files.model import FilePurpose, StoredFile
from textnlp.domain.files.rules import LONGEST_LIFE_SECONDS, SHORTEST_LIFE_SECONDS

FileIdText = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
LifeSeconds = Annotated[int, msgspec.Meta(ge=SHORTEST_LIFE_SECONDS, le=LONGEST_LIFE_SECONDS)]


class ExpiresAfter(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """How long a file is kept, counted from when it was made."""

    anchor: Literal["created_at"]
    seconds: LifeSeconds


class FileCreate(
    msgspec.Struct,
    forbid_unknown_fields=True,
    kw_only=True,
    rename={"expires_anchor": "expires_after[anchor]", "expires_seconds": "expires_after[seconds]"},
):
    """What goes with a file, as fields of a form.

    Attributes:
        expires_anchor: what the time is counted from.
        expires_seconds: how long the file is kept; 30 days for the input of a batch where nothing is said, else for
            ever.
    """

    purpose: Literal["assistants", "batch", "evals", "fine-tune", "user_data", "vision"]
    expires_anchor: Literal["created_at"] | None = None
    expires_seconds: LifeSeconds | None = None

    EXAMPLE: ClassVar[dict[str, Any]] = {"purpose": "batch"}


class FileListQuery(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, rename={"api_version": "api-version"}):
    """Which files to list: those after the file `after`; Azure's clients send `api-version`, which is not looked at."""

    after: FileIdText | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 10_000
    order: Literal["asc", "desc"] = "desc"
    purpose: FilePurpose | None = None
    api_version: str | None = None

    EXAMPLE: ClassVar[dict[str, Any]] = {"purpose": "batch", "limit": 100}


class FileRead(msgspec.Struct, kw_only=True):
    """A file; times are in seconds since 1970."""

    id: str
    object: Literal["file"] = "file"
    bytes: int
    created_at: int
    expires_at: int | None
    filename: str
    purpose: FilePurpose
    status: Literal["processed"] = "processed"
    status_details: None = None

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "id": "file-01kx3v9qe8m2t6f0r7w4z1c5ny",
        "object": "file",
        "bytes": 120_000,
        "created_at": 1_772_366_400,
        "expires_at": 1_774_958_400,
        "filename": "requests.jsonl",
        "purpose": "batch",
        "status": "processed",
        "status_details": None,
    }


class FilePage(msgspec.Struct, kw_only=True):
    """Files; where `has_more`, `last_id` continues the listing."""

    object: Literal["list"] = "list"
    data: list[FileRead]
    first_id: str | None
    last_id: str | None
    has_more: bool

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "object": "list",
        "data": [FileRead.EXAMPLE],
        "first_id": FileRead.EXAMPLE["id"],
        "last_id": FileRead.EXAMPLE["id"],
        "has_more": False,
    }


class FileDeleted(msgspec.Struct, kw_only=True):
    """A file that is gone."""

    id: str
    object: Literal["file"] = "file"
    deleted: Literal[True] = True

    EXAMPLE: ClassVar[dict[str, Any]] = {"id": FileRead.EXAMPLE["id"], "object": "file", "deleted": True}


def read_file(file: StoredFile) -> FileRead:
    """Show a file."""
    return FileRead(
        id=file.id,
        bytes=file.size_bytes,
        created_at=int(file.created_at.timestamp()),
        expires_at=None if file.expires_at is None else int(file.expires_at.timestamp()),
        filename=file.name,
        purpose=file.purpose,
    )
