"""Answers that are files of a validation."""

from typing import Any

from litestar import Response
from litestar.response import Stream

from textnlp.api.closing import closed_after
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
    ports: ValidationPorts, validation: StoredValidation, name: str, *, media_type: str = "application/octet-stream"
) -> Response[Any]:
    """Answer with a file to be kept, as it is read from the store; raises what `find_result` raises."""
    info = await find_result(ports, validation, name)
    pieces = ports.blobs.stream(info.path)
    return Stream(
        pieces,
        media_type=media_type,
        headers={
            "Content-Length": str(info.size_bytes),
            "Content-Disposition": f'attachment; filename="{validation.id}-{name}"',
        },
        background=closed_after(pieces),
    )
