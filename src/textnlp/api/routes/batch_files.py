"""The files of a batch that has ended."""

from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath

from textnlp.api.batch_file import answer_batch_file
from textnlp.api.openapi import described
from textnlp.api.routes.batches import BATCHES
from textnlp.domain.errors import ErrorKind
from textnlp.ports.result_files import GENERATIONS_JSONL
from textnlp.topology.scopes import READ

_LINES = "application/x-ndjson"
_BYTES = "application/octet-stream"

_ACCEPTED_LINE = (
    '{"id":"kettle-01","text":"It boils in two minutes.","model":"smollm2-135m","finish_reason":"stop",'
    '"usage":{"prompt_tokens":14,"completion_tokens":21,"cached_tokens":0,"reasoning_tokens":0},"attempts":1}\n'
)


@get(
    f"{BATCHES}/{{batch_id:str}}/output",
    summary="Fetch the answers",
    opt=described(
        operation="fetch_batch_output",
        grant=READ,
        media_type=_LINES,
        media_example=_ACCEPTED_LINE,
        raises=(ErrorKind.CONFLICT,),
        is_sent_on=True,
    ),
)
async def fetch_output(request: Request[Any, Any, Any], batch_id: FromPath[str]) -> Response[Any]:
    """Answer with the accepted rows as JSON Lines, in input order; 409 while the batch has not ended."""
    return await answer_batch_file(request.scope, batch_id, GENERATIONS_JSONL, media_type=_LINES)


@get(
    f"{BATCHES}/{{batch_id:str}}/files/{{name:str}}",
    summary="Fetch a result file",
    opt=described(
        operation="fetch_batch_file",
        grant=READ,
        media_type=_BYTES,
        media_example=_ACCEPTED_LINE,
        raises=(ErrorKind.CONFLICT,),
        is_sent_on=True,
    ),
)
async def fetch_file(request: Request[Any, Any, Any], batch_id: FromPath[str], name: FromPath[str]) -> Response[Any]:
    """Answer with one of the files that `batch run` leaves too; the manifest lists them with their hashes."""
    return await answer_batch_file(request.scope, batch_id, name, media_type=_BYTES)
