"""Batches, as OpenAI's and Azure's clients create, follow and cancel them."""

from typing import Any

from litestar import Request, get, post
from litestar.params import FromPath

from textnlp.api.caller import job_ports_of, owner_of
from textnlp.api.dependencies import services_of
from textnlp.api.openapi import described
from textnlp.api.request_body import read_document
from textnlp.api.schemas.openai_batch import (
    BatchJobCreate,
    BatchJobListQuery,
    BatchJobPage,
    BatchJobRead,
    read_job,
)
from textnlp.api.schemas.openai_error import OpenAIErrorRead
from textnlp.api.text_fields import read_query
from textnlp.application.cancel_job import cancel_job
from textnlp.application.create_job import create_job
from textnlp.application.job_ports import JobPorts
from textnlp.application.show_jobs import show_jobs
from textnlp.domain.batches.job import BatchJob
from textnlp.domain.batches.job_lines import CHAT_COMPLETIONS, ENDPOINTS
from textnlp.domain.errors import ErrorKind, invalid_input
from textnlp.domain.identifiers import BatchId, FileId
from textnlp.topology.scopes import READ, WRITE

_BATCHES = ("/v1/batches", "/openai/v1/batches", "/openai/batches")
_ONE = [f"{path}/{{batch_id:str}}" for path in _BATCHES]
_CANCEL = [f"{path}/cancel" for path in _ONE]


@post(
    list(_BATCHES),
    status_code=200,
    summary="Create a batch for OpenAI's clients",
    opt=described(
        grant=WRITE,
        takes_idempotency_key=True,
        body=BatchJobCreate,
        answer=BatchJobRead,
        error=OpenAIErrorRead,
        raises=(ErrorKind.NOT_FOUND,),
    ),
)
async def create_batch_job(request: Request[Any, Any, Any]) -> BatchJobRead:
    """Make a batch over a file that was stored; the file is checked, and its requests are asked, in the background."""
    limits = services_of(request.scope).limits
    asked = await read_document(request, BatchJobCreate, max_bytes=limits.max_request_body_bytes)
    if asked.endpoint not in ENDPOINTS:
        message = f"Batches for {asked.endpoint!r} are not supported; {CHAT_COMPLETIONS} is."
        raise invalid_input(message, field="endpoint")
    job = await create_job(
        job_ports_of(request.scope),
        input_file_id=FileId(asked.input_file_id),
        endpoint=asked.endpoint,
        owner=owner_of(request.scope),
        metadata=asked.metadata,
        output_expires_after_seconds=asked.output_expires_after and asked.output_expires_after.seconds,
    )
    return read_job(job)


@get(
    list(_BATCHES),
    summary="List batches for OpenAI's clients",
    opt=described(
        grant=READ, query=BatchJobListQuery, answer=BatchJobPage, error=OpenAIErrorRead, raises=(ErrorKind.NOT_FOUND,)
    ),
)
async def list_batch_jobs(request: Request[Any, Any, Any]) -> BatchJobPage:
    """List batches, newest first."""
    query = read_query(request, BatchJobListQuery)
    ports = job_ports_of(request.scope)
    after = None if query.after is None else BatchId(query.after)
    found = await ports.jobs.newest(after=after, limit=query.limit + 1)
    shown = [read_job(job) for job in await show_jobs(ports, found[: query.limit])]
    return BatchJobPage(
        data=shown,
        first_id=shown[0].id if shown else None,
        last_id=shown[-1].id if shown else None,
        has_more=len(found) > query.limit,
    )


@get(
    _ONE,
    summary="Show a batch to OpenAI's clients",
    opt=described(grant=READ, answer=BatchJobRead, error=OpenAIErrorRead),
)
async def show_batch_job(request: Request[Any, Any, Any], batch_id: FromPath[str]) -> BatchJobRead:
    """Show how a batch stands."""
    ports = job_ports_of(request.scope)
    return await _shown(ports, await ports.jobs.get(BatchId(batch_id)))


@post(
    _CANCEL,
    status_code=200,
    summary="Cancel a batch for OpenAI's clients",
    opt=described(grant=WRITE, answer=BatchJobRead, error=OpenAIErrorRead),
)
async def cancel_batch_job(request: Request[Any, Any, Any], batch_id: FromPath[str]) -> BatchJobRead:
    """Stop a batch; what is answered is in its output file, the rest in its error file, as soon as it is cancelled."""
    ports = job_ports_of(request.scope)
    return await _shown(ports, await cancel_job(ports, BatchId(batch_id)))


async def _shown(ports: JobPorts, job: BatchJob) -> BatchJobRead:
    return read_job((await show_jobs(ports, [job]))[0])
