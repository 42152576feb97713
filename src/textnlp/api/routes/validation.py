"""Rows looked at while the caller waits."""

import asyncio
from functools import partial
from http import HTTPStatus
from typing import Any

from litestar import Request, post

from textnlp.api.dependencies import services_of
from textnlp.api.openapi import described
from textnlp.api.request_body import read_document
from textnlp.api.schemas.validation import ValidationCreate, ValidationRead, read_verdicts
from textnlp.application.look_at_rows import wait_in_thread
from textnlp.application.validate_rows import RowJudge
from textnlp.bootstrap.asking import Asking
from textnlp.bootstrap.validation_wiring import read_sent_checks
from textnlp.domain.validation.record import Record
from textnlp.domain.validation.row_checks import CheckedRow
from textnlp.topology.scopes import READ

_LOOK_SECONDS = 120.0
"""How long one check may wait for somebody's answers, for a caller who waits in turn."""


@post(
    "/api/v1/validate",
    status_code=HTTPStatus.OK,
    summary="Validate rows",
    opt=described(operation="validate_rows", grant=READ, body=ValidationCreate, answer=ValidationRead),
)
async def validate(request: Request[Any, Any, Any]) -> ValidationRead:
    """Say of each row whether it is good, and why not: what `textnlp validate` says of the same rows."""
    services = services_of(request.scope)
    limits = services.limits
    asked = await read_document(request, ValidationCreate, max_bytes=limits.max_request_body_bytes)
    outside = services.platform.outside
    judge = RowJudge(
        read_sent_checks(asked.checks),
        field="checks.",
        outside=None if outside is None else outside.maker(Asking(is_confined=True, look_seconds=_LOOK_SECONDS)),
    )
    run = wait_in_thread if judge.is_waiting else asyncio.to_thread
    return read_verdicts(asked.rows, await run(partial(_judged, judge, asked.rows)))


def _judged(judge: RowJudge, rows: list[dict[str, Any]]) -> list[CheckedRow]:
    records = [Record(number=number, file="rows", line=number, values=row) for number, row in enumerate(rows, 1)]
    return judge.judge(records)
