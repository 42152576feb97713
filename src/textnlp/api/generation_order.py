"""What is asked of an engine for a generation."""

from typing import Any

from litestar import Request

from textnlp.api.caller import templates_of
from textnlp.api.dependencies import services_of
from textnlp.api.schemas.generation import GenerationCreate
from textnlp.domain.generation.model import GenerationRequest
from textnlp.domain.templates.reference import is_pinned_reference, parse_reference


async def order_of(request: Request[Any, Any, Any], asked: GenerationCreate) -> GenerationRequest:
    """Return what is asked of the engine, the texts of a stored template in the place of a reference to it.

    A system prompt of the caller's stays. Raises `INVALID_INPUT` for fields that do not go together and for what is
    wrong with template or schema, `NOT_FOUND` for a template that is not there.
    """
    services = services_of(request.scope)
    if asked.template is not None and is_pinned_reference(asked.template):
        asked = asked.with_template(await templates_of(request.scope).get(parse_reference(asked.template)))
    return GenerationRequest(
        model=asked.model or services.platform.default_model,
        messages=asked.conversation(),
        parameters=asked.parameters.parameters(),
        response_schema=asked.response_schema(),
        timeout_seconds=services.limits.attempt_timeout_seconds,
    )
