"""The files of a batch that has ended."""

from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath

from textnlp.api.caller import ports_of
from textnlp.api.file_answer import file_answer
from textnlp.api.openapi import described
from textnlp.api.routes.batches import BATCHES
from textnlp.application.batch_ports import BatchPorts
from textnlp.domain.batches.model import Batch
from textnlp.domain.batches.rules import TERMINAL_STATES
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.identifiers import BatchId
from textnlp.ports.blob_store import BlobInfo
from textnlp.ports.result_files import ERRORS_JSONL, GENERATIONS_JSONL, GENERATIONS_PARQUET, MANIFEST_JSON
from textnlp.topology.scopes import READ

_NAMES = (GENERATIONS_JSONL, GENERATIONS_PARQUET, ERRORS_JSONL, MANIFEST_JSON)
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
    return await _file(request.scope, batch_id, GENERATIONS_JSONL, media_type=_LINES)


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
    return await _file(request.scope, batch_id, name, media_type=_BYTES)


async def _file(scope: Any, batch_id: str, name: str, *, media_type: str) -> Response[Any]:
    ports = ports_of(scope)
    batch = await ports.ledger.get(BatchId(batch_id))
    if name not in _NAMES:
        raise _missing(f"A batch has no file {name!r}.", hint=f"Its files are {', '.join(_NAMES)}.")
    if batch.state not in TERMINAL_STATES:
        raise TextNLPError(
            f"{batch.id} is {batch.state.value}; its files are written when it ends.",
            kind=ErrorKind.CONFLICT,
            facts=ErrorFacts(hint=f"Follow it at {BATCHES}/{batch.id}/events; rows that are done are at …/rows."),
        )
    info = await _found(ports, batch, name)
    file_name = f"{batch.id}-{name}"
    return await file_answer(
        scope, ports.blobs, info.path, size_bytes=info.size_bytes, file_name=file_name, media_type=media_type
    )


async def _found(ports: BatchPorts, batch: Batch, name: str) -> BlobInfo:
    try:
        return await ports.blobs.head(batch.output_prefix + name)
    except TextNLPError as error:
        if error.kind is not ErrorKind.NOT_FOUND:
            raise
        raise _missing(f"{batch.id} has no {name}.", hint=batch.reason or "No row failed.") from error


def _missing(message: str, *, hint: str) -> TextNLPError:
    return TextNLPError(message, kind=ErrorKind.NOT_FOUND, facts=ErrorFacts(hint=hint))
