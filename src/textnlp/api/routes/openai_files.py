"""Files, as OpenAI's and Azure's clients store, list and fetch them."""

from typing import Any

from litestar import Request, Response, delete, get, post
from litestar.params import FromPath

from textnlp.api.caller import job_ports_of, owner_of
from textnlp.api.dependencies import services_of
from textnlp.api.file_answer import file_answer
from textnlp.api.openapi import described
from textnlp.api.schemas.openai_error import OpenAIErrorRead
from textnlp.api.schemas.openai_file import FileCreate, FileDeleted, FileListQuery, FilePage, FileRead, read_file
from textnlp.api.text_fields import read_fields, read_query
from textnlp.api.upload_form import open_form
from textnlp.application.find_file import find_file
from textnlp.application.remove_files import remove_file
from textnlp.application.store_file import store_file
from textnlp.domain.errors import ErrorKind, invalid_input
from textnlp.domain.files.model import FilePurpose
from textnlp.domain.identifiers import FileId
from textnlp.topology.scopes import READ, WRITE

_FILES = ("/v1/files", "/openai/v1/files", "/openai/files")
_ONE = [f"{path}/{{file_id:str}}" for path in _FILES]
_CONTENT = [f"{path}/content" for path in _ONE]
_BYTES = "application/octet-stream"
_LINES = '{"custom_id": "row-1", "method": "POST", "url": "/v1/chat/completions", "body": {}}\n'


@post(
    list(_FILES),
    status_code=200,
    summary="Store a file for OpenAI's clients",
    opt=described(
        grant=WRITE,
        takes_idempotency_key=True,
        form=FileCreate,
        answer=FileRead,
        error=OpenAIErrorRead,
        raises=(ErrorKind.TOO_LARGE,),
    ),
)
async def upload_file(request: Request[Any, Any, Any]) -> FileRead:
    """Store the `file` of a form; it is kept as it is, and read when a batch is made over it."""
    limits = services_of(request.scope).limits
    most_bytes = limits.max_upload_bytes
    async with open_form(request, max_bytes=most_bytes + limits.form_overhead_bytes) as form:
        asked = read_fields(form.fields, FileCreate)
        if (asked.expires_anchor is None) is not (asked.expires_seconds is None):
            raise invalid_input("expires_after needs anchor and seconds.", field="expires_after")
        file = await store_file(
            job_ports_of(request.scope).files,
            form.pieces(),
            name=form.file_name,
            purpose=FilePurpose(asked.purpose),
            owner=owner_of(request.scope),
            max_bytes=most_bytes,
            expires_after_seconds=asked.expires_seconds,
        )
    return read_file(file)


@get(
    list(_FILES),
    summary="List files for OpenAI's clients",
    opt=described(
        grant=READ, query=FileListQuery, answer=FilePage, error=OpenAIErrorRead, raises=(ErrorKind.NOT_FOUND,)
    ),
)
async def list_files(request: Request[Any, Any, Any]) -> FilePage:
    """List files, newest first unless `order` says otherwise."""
    query = read_query(request, FileListQuery)
    ports = job_ports_of(request.scope).files
    found = await ports.catalog.page(
        at=ports.clock.now(),
        purpose=query.purpose,
        after=None if query.after is None else FileId(query.after),
        is_oldest_first=query.order == "asc",
        limit=query.limit + 1,
    )
    shown = [read_file(file) for file in found[: query.limit]]
    return FilePage(
        data=shown,
        first_id=shown[0].id if shown else None,
        last_id=shown[-1].id if shown else None,
        has_more=len(found) > query.limit,
    )


@get(
    _ONE,
    summary="Show a file to OpenAI's clients",
    opt=described(grant=READ, answer=FileRead, error=OpenAIErrorRead),
)
async def show_file(request: Request[Any, Any, Any], file_id: FromPath[str]) -> FileRead:
    """Show what is known of a file."""
    return read_file(await find_file(job_ports_of(request.scope).files, FileId(file_id)))


@delete(
    _ONE,
    status_code=200,
    summary="Delete a file for OpenAI's clients",
    opt=described(grant=WRITE, answer=FileDeleted, error=OpenAIErrorRead),
)
async def delete_file(request: Request[Any, Any, Any], file_id: FromPath[str]) -> FileDeleted:
    """Delete a file and its bytes; a batch that was made over it goes on, once it is in progress."""
    await remove_file(job_ports_of(request.scope).files, FileId(file_id))
    return FileDeleted(id=file_id)


@get(
    _CONTENT,
    summary="Fetch a file for OpenAI's clients",
    opt=described(grant=READ, media_type=_BYTES, media_example=_LINES, error=OpenAIErrorRead, is_sent_on=True),
)
async def fetch_content(request: Request[Any, Any, Any], file_id: FromPath[str]) -> Response[Any]:
    """Answer with the bytes of a file; 303 names a link for a large one where it lies in a store of its own."""
    ports = job_ports_of(request.scope).files
    file = await find_file(ports, FileId(file_id))
    return await file_answer(
        request.scope,
        ports.blobs,
        file.blob_path,
        size_bytes=file.size_bytes,
        file_name=file.name,
        media_type=_BYTES,
    )
