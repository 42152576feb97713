"""Answers that are files of the blob store."""

from http import HTTPStatus
from typing import Any

from litestar import Response
from litestar.response import Stream

from textnlp.api.closing import closed_after
from textnlp.api.dependencies import services_of
from textnlp.domain.files.attachment import as_attachment
from textnlp.ports.blob_store import BlobStore


async def file_answer(
    scope: Any, blobs: BlobStore, path: str, *, size_bytes: int, file_name: str, media_type: str
) -> Response[Any]:
    """Answer with a file as it is read from the store, or send the caller on to a link for it where it is large.

    The caller may have the file: whoever found its path has checked that.
    """
    link = await services_of(scope).platform.downloads.find(path, size_bytes=size_bytes, file_name=file_name)
    if link is not None:
        headers = {"Location": link, "Cache-Control": "no-store"}
        return Response(b"", status_code=HTTPStatus.SEE_OTHER, headers=headers)
    pieces = blobs.stream(path)
    return Stream(
        pieces,
        media_type=media_type,
        headers={"Content-Length": str(size_bytes), "Content-Disposition": as_attachment(file_name)},
        background=closed_after(pieces),
    )
