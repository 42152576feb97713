"""Answers that are files of a validation."""

from typing import Any

from litestar import Response

from textnlp.api.caller import validation_ports_of
from textnlp.api.file_answer import file_answer
from textnlp.application.find_validation import find_result
from textnlp.application.validation_ports import ValidationPorts
from textnlp.domain.validation.report_paths import REPORT_HTML
from textnlp.domain.validation.stored_validation import StoredValidation

_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "sandbox"
)
"""The page itself narrows this down to its own style, whose hash it names."""


async def result_page(ports: ValidationPorts, validation: StoredValidation) -> Response[Any]:
    """Answer with the report for people; raises what `find_result` raises."""
    info = await find_result(ports, validation, REPORT_HTML)
    return Response(
        await ports.blobs.get(info.path),
        media_type="text/html",
        headers={"Content-Security-Policy": _POLICY, "Cache-Control": "private, no-cache"},
    )


async def result_file(
    scope: Any, validation: StoredValidation, name: str, *, media_type: str = "application/octet-stream"
) -> Response[Any]:
    """Answer with a file to be kept, as `file_answer` does; raises what `find_result` raises."""
    ports = validation_ports_of(scope)
    info = await find_result(ports, validation, name)
    file_name = f"{validation.id}-{name}"
    return await file_answer(
        scope, ports.blobs, info.path, size_bytes=info.size_bytes, file_name=file_name, media_type=media_type
    )
