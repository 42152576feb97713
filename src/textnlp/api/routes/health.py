"""Whether the process lives, and whether it can work."""

import asyncio
import logging
from http import HTTPStatus
from typing import Any

from litestar import Request, Response, get

import textnlp
from textnlp.api.dependencies import services_of
from textnlp.api.openapi import described
from textnlp.api.schemas.health import HealthRead, PartRead, ReadinessRead
from textnlp.bootstrap.part_checks import Check
from textnlp.domain.errors import ErrorKind, TextNLPError

_LOG = logging.getLogger(__name__)
_CHECK_SECONDS = 3.0


_READINESS = described(
    answer=ReadinessRead,
    other_answers={HTTPStatus.SERVICE_UNAVAILABLE: (ReadinessRead, ReadinessRead.NOT_READY)},
)


@get("/health", summary="Whether the process answers", opt=described(answer=HealthRead))
async def health() -> HealthRead:
    """Answer without touching any other part."""
    return HealthRead(version=textnlp.__version__)


@get("/ready", summary="Whether requests can be served", opt=_READINESS)
async def ready(request: Request[Any, Any, Any]) -> Response[ReadinessRead]:
    """Ask every part at once whether it works, and answer 503 when one does not say so within three seconds."""
    checks = services_of(request.scope).platform.checks
    parts = await asyncio.gather(*(_looked_at(name, check) for name, check in checks.items()))
    if all(part.is_ready for part in parts):
        return Response(ReadinessRead(status="ready", parts=parts))
    return Response(ReadinessRead(status="not_ready", parts=parts), status_code=HTTPStatus.SERVICE_UNAVAILABLE)


async def _looked_at(name: str, check: Check) -> PartRead:
    try:
        async with asyncio.timeout(_CHECK_SECONDS):
            await check()
    except TextNLPError as error:
        return _not_ready(name, error.kind, error.message, hint=error.facts.hint)
    except TimeoutError:
        return _not_ready(name, ErrorKind.TIMEOUT, f"It did not answer within {_CHECK_SECONDS:.0f} seconds.")
    except Exception:  # noqa: BLE001  a check that is broken must not hide what the others say
        _LOG.exception("The check of %s failed.", name)
        return _not_ready(name, ErrorKind.INTERNAL, "Its check failed; the log tells why.")
    return PartRead(name=name, is_ready=True)


def _not_ready(name: str, kind: ErrorKind, detail: str, *, hint: str | None = None) -> PartRead:
    return PartRead(name=name, is_ready=False, code=kind.value, detail=detail, hint=hint)
