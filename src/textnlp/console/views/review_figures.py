"""What comes of a review, for its owner: agreement, calibration of judges, exports."""

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath

from textnlp.api.caller import review_caller_of, review_ports_of
from textnlp.api.openapi import described
from textnlp.application.decide_review_item import owned_review
from textnlp.application.export_review import FILE_NAMES, ExportForm, export_review, keep_export
from textnlp.application.measure_review import CalibrationRequest, calibrate_judge, measure_review
from textnlp.console.filled_form import read_lists
from textnlp.console.page import fragment, is_fragment_wanted, page
from textnlp.console.query import read_filters
from textnlp.console.views.reviews import REVIEW, SECTION
from textnlp.domain.errors import invalid_input
from textnlp.domain.identifiers import ReviewId
from textnlp.topology.scopes import READ, WRITE

_LINES = "application/octet-stream"
_Name = Annotated[str, msgspec.Meta(max_length=200)]


class CalibrationFilter(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The column with a judge's scores, the question, and which answers are good; see `calibration.calibrate`."""

    judge: _Name | None = None
    question: _Name | None = None
    good: _Name | None = None
    precision: Annotated[float, msgspec.Meta(gt=0, le=1)] | None = None


class ExportFilter(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The form of an export."""

    form: ExportForm


@get(f"{REVIEW}/agreement", opt=described(grant=READ))
async def show_agreement(request: Request[Any, Any, Any], review_id: FromPath[str]) -> Response[str]:
    """Show how reviewers agree on each question, and how each of them works."""
    ports, caller = review_ports_of(request.scope), review_caller_of(request.scope)
    measures = await measure_review(ports, ReviewId(review_id), caller=caller)
    facts: dict[str, Any] = {"review": measures.review, "measures": measures}
    if is_fragment_wanted(request):
        return fragment(request, "reviews/agreement.html", **facts)
    title = f"Agreement on {measures.review.document.name}"
    return page(request, "reviews/agreement_page.html", section=SECTION, title=title, **facts)


@get(f"{REVIEW}/calibration", opt=described(grant=READ))
async def show_calibration(request: Request[Any, Any, Any], review_id: FromPath[str]) -> Response[str]:
    """Compare the scores of a judge with the settled answers."""
    asked = read_filters(request, CalibrationFilter)
    ports, caller = review_ports_of(request.scope), review_caller_of(request.scope)
    review = await owned_review(ports, ReviewId(review_id), caller=caller, what="compare judges with it")
    found = None
    if asked.judge is not None and asked.question is not None:
        wanted = CalibrationRequest(
            judge=asked.judge, question=asked.question, good=asked.good, wanted_precision=asked.precision
        )
        found = (await calibrate_judge(ports, review.id, wanted, caller=caller)).judges[0]
    first = await ports.store.items(review.id, limit=1)
    return page(
        request,
        "reviews/calibration.html",
        section=SECTION,
        title=f"Calibrate a judge by {review.document.name}",
        review=review,
        asked=asked,
        columns=list(first[0].row) if first else [],
        found=found,
    )


@get(f"{REVIEW}/export", opt=described(grant=READ))
async def fetch_export(request: Request[Any, Any, Any], review_id: FromPath[str]) -> Response[bytes]:
    """Answer with the review in a form."""
    form = read_filters(request, ExportFilter).form
    ports, caller = review_ports_of(request.scope), review_caller_of(request.scope)
    written = await export_review(ports, ReviewId(review_id), form, caller=caller)
    headers = {"Content-Disposition": f'attachment; filename="{FILE_NAMES[form]}"'}
    return Response(written, media_type=_LINES, headers=headers)


@post(f"{REVIEW}/keep", opt=described(grant=WRITE))
async def keep(request: Request[Any, Any, Any], review_id: FromPath[str]) -> Response[str]:
    """Keep an export among the files of the platform, and tell where it is."""
    given = (await read_lists(request)).get("form", [""])[0]
    if given not in set(ExportForm):
        raise invalid_input(f"{given[:50]!r} is no form of an export.", field="form")
    ports, caller = review_ports_of(request.scope), review_caller_of(request.scope)
    review = await owned_review(ports, ReviewId(review_id), caller=caller, what="export it")
    kept = await keep_export(ports, review.id, ExportForm(given), caller=caller)
    if is_fragment_wanted(request):
        return fragment(request, "reviews/kept.html", kept=kept)
    return page(request, "reviews/kept_page.html", section=SECTION, title="Export kept", review=review, kept=kept)


PAGES = (show_agreement, show_calibration, fetch_export, keep)
