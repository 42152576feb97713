"""What went wrong, as a page or as a part of one."""

import logging
from http import HTTPStatus
from typing import Any

from litestar import Request, Response
from litestar.exceptions import HTTPException

from textnlp.api.problems import internal_error, status_of
from textnlp.api.request_identity import request_id_of
from textnlp.console.page import fragment, is_fragment_wanted, page
from textnlp.console.unauthenticated import answer_unauthenticated
from textnlp.domain.errors import ErrorKind, TextNLPError, not_found

_LOG = logging.getLogger(__name__)
_SECTION = ""
_NOTICES = "#notices"


def answer_problem(request: Request[Any, Any, Any], error: TextNLPError) -> Response[Any]:
    """Answer with what is wrong and what to do about it, in the place where people look for it.

    Whoever has to sign in is sent to do so.
    """
    if error.kind is ErrorKind.UNAUTHENTICATED and error.facts.status_code is None:
        return answer_unauthenticated(request, error)
    return _told(request, error, status_of(error))


def answer_refused(request: Request[Any, Any, Any], exc: HTTPException) -> Response[Any]:
    """Answer what the framework refused: no such page, or a method that it does not take."""
    if exc.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return answer_fault(request, exc)
    if exc.status_code == HTTPStatus.NOT_FOUND:
        return answer_problem(request, not_found(f"There is no page {request.scope['path']}."))
    error = TextNLPError(f"{exc.detail}.", kind=ErrorKind.INVALID_INPUT)
    return _told(request, error, HTTPStatus(exc.status_code))


def answer_fault(request: Request[Any, Any, Any], exc: Exception) -> Response[Any]:
    """Answer a request that met a fault of ours: the cause goes to the log, people get the id to find it by."""
    request_id = request_id_of(request.scope)
    _LOG.error("%s %s failed (%s).", request.method, request.scope["path"], request_id, exc_info=exc)
    return _told(request, internal_error(request_id), HTTPStatus.INTERNAL_SERVER_ERROR)


def _told(request: Request[Any, Any, Any], error: TextNLPError, status: HTTPStatus) -> Response[Any]:
    facts = {"error": error, "request_id": request_id_of(request.scope)}
    if is_fragment_wanted(request):
        headers = {"HX-Retarget": _NOTICES, "HX-Reswap": "innerHTML show:window:top"}
        return fragment(request, "notice.html", status=status, headers=headers, **facts)
    return page(
        request,
        "problem.html",
        section=_SECTION,
        title=status.phrase,
        status=status,
        error=error,
    )
