"""What comes of reviews: agreement, calibration of judges, exports."""

from http import HTTPStatus
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from textnlp.api.caller import review_caller_of, review_ports_of
from textnlp.api.dependencies import services_of
from textnlp.api.openapi import described
from textnlp.api.request_body import read_document
from textnlp.api.routes.reviews import REVIEW
from textnlp.api.schemas.review_report import (
    CalibrationQuery,
    CalibrationRead,
    ReviewAgreementRead,
    ReviewExportQuery,
    ReviewExportRead,
    read_calibration,
    read_export,
    read_measures,
)
from textnlp.api.text_fields import read_query
from textnlp.application import export_review as exporting
from textnlp.application.measure_review import calibrate_judge, measure_review
from textnlp.domain.identifiers import ReviewId
from textnlp.topology.scopes import READ, WRITE

_LINES = "application/x-ndjson"
_LINE = '{"id":"kettle-01","position":0,"state":"agreed","row":{},"final":{"quality":4},"answers":[]}\n'


@get(
    f"{REVIEW}/agreement",
    summary="Measure how reviewers agree",
    opt=described(operation="show_review_agreement", grant=READ, answer=ReviewAgreementRead),
)
async def show_agreement(request: Request[Any, Any, Any], review_id: FromPath[str]) -> ReviewAgreementRead:
    """Measure agreement by question, and how each reviewer works; only the owner of the review may."""
    ports, caller = review_ports_of(request.scope), review_caller_of(request.scope)
    return read_measures(await measure_review(ports, ReviewId(review_id), caller=caller))


@get(
    f"{REVIEW}/calibration",
    summary="Compare a judge with people",
    opt=described(operation="show_review_calibration", grant=READ, query=CalibrationQuery, answer=CalibrationRead),
)
async def show_calibration(request: Request[Any, Any, Any], review_id: FromPath[str]) -> CalibrationRead:
    """Compare the scores of a judge with the settled answers, and choose a threshold; only the owner may."""
    query = read_query(request, CalibrationQuery)
    ports, caller = review_ports_of(request.scope), review_caller_of(request.scope)
    return read_calibration(await calibrate_judge(ports, ReviewId(review_id), query.request(), caller=caller))


@get(
    f"{REVIEW}/export",
    summary="Export a review",
    opt=described(
        operation="export_review", grant=READ, query=ReviewExportQuery, media_type=_LINES, media_example=_LINE
    ),
)
async def export_review(request: Request[Any, Any, Any], review_id: FromPath[str]) -> Response[bytes]:
    """Answer with the review in a form: JSON lines, or one JSON list for Argilla and Label Studio.

    Only the owner may.
    """
    query = read_query(request, ReviewExportQuery)
    ports, caller = review_ports_of(request.scope), review_caller_of(request.scope)
    written = await exporting.export_review(ports, ReviewId(review_id), query.format, caller=caller)
    name = exporting.FILE_NAMES[query.format]
    return Response(written, media_type=_LINES, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@post(
    f"{REVIEW}/export",
    status_code=HTTPStatus.OK,
    summary="Keep an export of a review",
    opt=described(operation="keep_review_export", grant=WRITE, body=ReviewExportQuery, answer=ReviewExportRead),
)
async def keep_export(request: Request[Any, Any, Any], review_id: FromPath[str]) -> ReviewExportRead:
    """Write an export among the blobs of human evaluations, in place of the one of this form before."""
    limits = services_of(request.scope).limits
    asked = await read_document(request, ReviewExportQuery, max_bytes=limits.max_request_body_bytes)
    ports, caller = review_ports_of(request.scope), review_caller_of(request.scope)
    return read_export(await exporting.keep_export(ports, ReviewId(review_id), asked.format, caller=caller))
