"""Generations that were asked for with `mode` async."""

from typing import Any

from litestar import Request, get
from litestar.params import FromPath

from textnlp.api.caller import generation_ports_of
from textnlp.api.openapi import described
from textnlp.api.schemas.generation_status import GenerationStatus, read_status
from textnlp.domain.generation.record import GenerationState, decode_completions, result_path
from textnlp.domain.identifiers import GenerationId
from textnlp.topology.scopes import READ

GENERATIONS = "/api/v1/generations"


@get(
    f"{GENERATIONS}/{{generation_id:str}}",
    summary="Fetch a generation",
    opt=described(grant=READ, answer=GenerationStatus),
)
async def show_generation(request: Request[Any, Any, Any], generation_id: FromPath[str]) -> GenerationStatus:
    """Show a generation that was asked for asynchronously, with its completion once it is written."""
    ports = generation_ports_of(request.scope)
    record = await ports.store.get(GenerationId(generation_id))
    if record.state is not GenerationState.COMPLETED:
        return read_status(record, [])
    return read_status(record, decode_completions(await ports.blobs.get(result_path(record.id))))
