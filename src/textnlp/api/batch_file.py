"""The files of a batch that has ended, as answers."""

from typing import Any

from litestar import Response

from textnlp.api.caller import ports_of
from textnlp.api.file_answer import file_answer
from textnlp.application.batch_ports import BatchPorts
from textnlp.domain.batches.model import Batch
from textnlp.domain.batches.rules import TERMINAL_STATES
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.identifiers import BatchId
from textnlp.ports.blob_store import BlobInfo
from textnlp.ports.result_files import ERRORS_JSONL, GENERATIONS_JSONL, GENERATIONS_PARQUET, MANIFEST_JSON

_NAMES = (GENERATIONS_JSONL, GENERATIONS_PARQUET, ERRORS_JSONL, MANIFEST_JSON)


async def answer_batch_file(scope: Any, batch_id: str, name: str, *, media_type: str) -> Response[Any]:
    """Answer with a file; raise `NOT_FOUND` for one that a batch does not have, `CONFLICT` while it has not ended."""
    ports = ports_of(scope)
    batch = await ports.ledger.get(BatchId(batch_id))
    if name not in _NAMES:
        raise _missing(f"A batch has no file {name!r}.", hint=f"Its files are {', '.join(_NAMES)}.")
    if batch.state not in TERMINAL_STATES:
        raise TextNLPError(
            f"{batch.id} is {batch.state.value}; its files are written when it ends.",
            kind=ErrorKind.CONFLICT,
            facts=ErrorFacts(hint=f"Follow it at /api/v1/batches/{batch.id}/events; rows that are done are at …/rows."),
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
