"""The page on which people sign in to programs, with authorization code and PKCE."""

from functools import partial
from http import HTTPStatus
from typing import Any

from litestar import Request, Response, get, post

from textnlp.api.dependencies import services_of
from textnlp.api.form_fields import read_form, single_fields
from textnlp.api.form_token import form_cookie, form_token_of, require_own_form
from textnlp.api.oauth_errors import oauth_code_of, oauth_status_of
from textnlp.api.openapi import described
from textnlp.api.problems import status_of
from textnlp.api.public_address import public_address
from textnlp.api.remote_address import remote_address
from textnlp.api.routes.identity import sign_in_ports
from textnlp.api.schemas.oauth import AuthorizationQuery, SignInForm
from textnlp.api.sign_in_page import STYLE, STYLE_PATH, page_headers, refusal_page, sign_in_page
from textnlp.application.sign_in import prove_person, sign_in
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identity.authorization_request import (
    AuthorizationRequest,
    addressee_of,
    answer_address,
    authorization_request,
)

AUTHORIZE_PATH = "/identity/authorize"
_HTML = "text/html"
_PAGE_EXAMPLE = "<!DOCTYPE html>"
_SHOWN_AGAIN = frozenset({ErrorKind.UNAUTHENTICATED, ErrorKind.RATE_LIMITED})


def answer_refusal(_request: Request[Any, Any, Any], error: TextNLPError) -> Response[str]:
    """Answer a request that cannot be answered to whoever made it, with a page for the person in front of it."""
    return Response(refusal_page(error), status_code=oauth_status_of(error), media_type=_HTML, headers=page_headers())


@get(
    AUTHORIZE_PATH,
    summary="Show the page on which people sign in",
    opt=described(
        query=AuthorizationQuery,
        media_type=_HTML,
        media_example=_PAGE_EXAMPLE,
        error_page=_PAGE_EXAMPLE,
        is_sent_on=True,
        raises=(ErrorKind.NOT_FOUND,),
    ),
    exception_handlers={TextNLPError: answer_refusal},
)
async def ask_person(request: Request[Any, Any, Any]) -> Response[Any]:
    """Ask whoever is in front of the browser to sign in to a program, or send the program away with an error."""
    fields = single_fields(request.query_params.multi_items())
    client = addressee_of(fields, base_url=public_address(request))
    try:
        asked = authorization_request(fields, client)
    except TextNLPError as error:
        return _refused(request, fields, error)
    return _page(request, asked, fields)


@post(
    AUTHORIZE_PATH,
    status_code=HTTPStatus.SEE_OTHER,
    summary="Sign in",
    opt=described(
        fields=SignInForm,
        media_type=_HTML,
        media_example="",
        error_page=_PAGE_EXAMPLE,
        raises=(ErrorKind.FORBIDDEN, ErrorKind.NOT_FOUND, ErrorKind.RATE_LIMITED),
    ),
    exception_handlers={TextNLPError: answer_refusal},
)
async def answer_program(request: Request[Any, Any, Any]) -> Response[Any]:
    """Take an API key or a code of `textnlp login`, and send the browser back to the program with 303 and a code."""
    fields = await read_form(request)
    client = addressee_of(fields, base_url=public_address(request))
    require_own_form(request, fields.get("form_token", ""))
    if fields.get("answer") != "allow":
        return _refused(request, fields, TextNLPError("Whoever was asked said no.", kind=ErrorKind.FORBIDDEN))
    try:
        asked = authorization_request(fields, client)
        ports = sign_in_ports(request)
        guesses = services_of(request.scope).platform.gateway.guesses
        credential = fields.get("credential", "")
        person = await guesses.guard(remote_address(request.scope), credential, partial(prove_person, ports))
        code = await sign_in(ports, asked, person)
    except TextNLPError as error:
        if error.kind in _SHOWN_AGAIN:
            return _page(request, authorization_request(fields, client), fields, error=error)
        return _refused(request, fields, error)
    return _sent_on(asked.redirect_uri, issuer=ports.issuer.issuer, state=asked.state, code=code)


@get(
    STYLE_PATH,
    media_type="text/css",
    summary="Fetch the style of that page",
    opt=described(media_type="text/css", media_example="body { margin: 0 }"),
)
async def fetch_style() -> Response[str]:
    """Give the style sheet of the sign-in page."""
    return Response(STYLE, media_type="text/css", headers={"Cache-Control": "max-age=3600"})


def _page(
    request: Request[Any, Any, Any],
    asked: AuthorizationRequest,
    fields: dict[str, str],
    *,
    error: TextNLPError | None = None,
) -> Response[str]:
    token = form_token_of(request)
    headers = page_headers(sends_to=asked.redirect_uri)
    status = HTTPStatus.OK
    if error is not None:
        status = HTTPStatus.FORBIDDEN if error.kind is ErrorKind.UNAUTHENTICATED else status_of(error)
        if error.facts.retry_after_seconds is not None:
            headers["Retry-After"] = str(round(error.facts.retry_after_seconds))
    return Response(
        sign_in_page(asked, fields, form_token=token, error=error),
        status_code=status,
        media_type=_HTML,
        headers=headers,
        cookies=[form_cookie(request, token)],
    )


def _refused(request: Request[Any, Any, Any], fields: dict[str, str], error: TextNLPError) -> Response[Any]:
    """Tell a program whose address is its own why it gets no code."""
    return _sent_on(
        fields["redirect_uri"],
        issuer=sign_in_ports(request).issuer.issuer,
        state=fields.get("state", ""),
        error=oauth_code_of(error),
        error_description=error.message,
    )


def _sent_on(redirect_uri: str, *, issuer: str, state: str, **answer: str) -> Response[Any]:
    location = answer_address(redirect_uri, issuer=issuer, state=state, **answer)
    headers = {**page_headers(), "Location": location}
    return Response(None, status_code=HTTPStatus.SEE_OTHER, headers=headers)
