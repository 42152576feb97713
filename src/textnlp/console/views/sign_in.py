"""Signing in to the console, and out of it."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response, get, post

from textnlp.api.dependencies import services_of
from textnlp.api.form_fields import single_fields
from textnlp.api.oauth_errors import oauth_status_of
from textnlp.api.openapi import described
from textnlp.api.public_address import public_address
from textnlp.application.keep_sessions import SessionKeeper
from textnlp.console.page import page
from textnlp.console.session_cookies import FLOW, FORM, SESSION, cookie_header, cookie_of
from textnlp.console.session_state import console_request_of, session_cookie
from textnlp.console.unauthenticated import EXPIRED, SIGN_IN
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError, invalid_input
from textnlp.domain.identity.oauth_client import CONSOLE_PATH
from textnlp.domain.identity.refusals import shown
from textnlp.domain.identity.session import generate_session_secret, is_session_secret
from textnlp.domain.identity.sign_in_flow import FLOW_SECONDS, HOME, begin_flow, continue_flow, safe_next
from textnlp.ports.sign_in_issuer import SignInIssuer

_SECTION = ""
_SIGNED_OUT = "/console/signed-out"


def answer_failure(request: Request[Any, Any, Any], error: TextNLPError) -> Response[str]:
    """Tell somebody in front of a browser why they are not signed in; nothing is tried again by itself."""
    status = oauth_status_of(error)
    shown_status = HTTPStatus.FORBIDDEN if status is HTTPStatus.UNAUTHORIZED else status
    return page(
        request,
        "sign_in/failed.html",
        section=_SECTION,
        title="This sign-in did not work",
        status=shown_status,
        error=error,
    )


@get(SIGN_IN, opt=described(), exception_handlers={TextNLPError: answer_failure})
async def begin_sign_in(request: Request[Any, Any, Any]) -> Response[Any]:
    """Send the browser to who signs people in; where there are several, or a note, show a page that offers them."""
    fields = single_fields(request.query_params.multi_items())
    next_path = safe_next(fields.get("next", ""))
    keeper = console_request_of(request.scope).keeper
    if keeper is None:
        return _sent_on(next_path)
    issuers = keeper.issuers
    is_expired = fields.get("note") == EXPIRED
    chosen = fields.get("issuer", "")
    if chosen not in issuers:
        if len(issuers) != 1 or is_expired:
            return _choice(request, issuers, next_path, is_expired=is_expired)
        chosen = next(iter(issuers))
    return await _begun(request, issuers, chosen, next_path)


@get(CONSOLE_PATH, opt=described(), exception_handlers={TextNLPError: answer_failure})
async def end_sign_in(request: Request[Any, Any, Any]) -> Response[Any]:
    """Take what the issuer answered, open a session for it, and send the browser on to where it wanted to go."""
    scope = request.scope
    fields = single_fields(request.query_params.multi_items())
    known = console_request_of(scope)
    keeper = _required(known.keeper)
    clock = services_of(scope).platform.clock
    flow = continue_flow(cookie_of(scope, FLOW) or "", fields.get("state", ""), now=clock.now())
    issuer = keeper.issuers.get(flow.issuer)
    if issuer is None:
        raise invalid_input("Nobody signs people in here any more by the way that was chosen.", field="state")
    await issuer.require_answer_of_own(fields.get("iss"))
    if "code" not in fields or "error" in fields:
        raise _refused(fields)
    redirect_uri = public_address(request) + CONSOLE_PATH
    tokens = await issuer.redeem(fields["code"], redirect_uri=redirect_uri, verifier=flow.verifier, nonce=flow.nonce)
    session = await keeper.open(tokens, issuer=flow.issuer)
    if known.session is not None:
        await keeper.end(known.session)
    known.cookies = [session_cookie(scope, session, clock=clock)]
    return _sent_on(flow.next_path)


@post("/console/sign-out", opt=described(), status_code=HTTPStatus.SEE_OTHER)
async def sign_out(request: Request[Any, Any, Any]) -> Response[Any]:
    """End the session, here and at its issuer."""
    known = console_request_of(request.scope)
    if known.session is not None and known.keeper is not None:
        await known.keeper.end(known.session)
    known.cookies = [cookie_header(request.scope, name, "", seconds=0) for name in (SESSION, FORM, FLOW)]
    return _sent_on(_SIGNED_OUT)


@get(_SIGNED_OUT, opt=described())
async def show_signed_out(request: Request[Any, Any, Any]) -> Response[Any]:
    """Say that nobody is signed in any more."""
    known = console_request_of(request.scope)
    if known.keeper is None:
        return _sent_on(HOME)
    return page(request, "sign_in/signed_out.html", section=_SECTION, title="Signed out")


PAGES = (begin_sign_in, end_sign_in, sign_out, show_signed_out)


def _choice(
    request: Request[Any, Any, Any], issuers: Mapping[str, SignInIssuer], next_path: str, *, is_expired: bool
) -> Response[str]:
    ways = [
        (f"{SIGN_IN}?{urlencode({'next': next_path, 'issuer': name})}", issuer.shown_name)
        for name, issuer in issuers.items()
    ]
    return page(
        request,
        "sign_in/choice.html",
        section=_SECTION,
        title="Sign in",
        ways=ways,
        is_expired=is_expired,
    )


async def _begun(
    request: Request[Any, Any, Any], issuers: Mapping[str, SignInIssuer], chosen: str, next_path: str
) -> Response[Any]:
    kept = cookie_of(request.scope, FLOW) or ""
    secret = kept if is_session_secret(kept) else generate_session_secret()
    now = services_of(request.scope).platform.clock.now()
    flow = begin_flow(secret, issuer=chosen, next_path=next_path, now=now)
    redirect_uri = public_address(request) + CONSOLE_PATH
    address = await issuers[chosen].address(
        redirect_uri=redirect_uri, state=flow.state, nonce=flow.nonce, challenge=flow.challenge
    )
    console_request_of(request.scope).cookies.append(cookie_header(request.scope, FLOW, secret, seconds=FLOW_SECONDS))
    return _sent_on(address)


def _refused(fields: Mapping[str, str]) -> TextNLPError:
    told = fields.get("error", "") or "no reason"
    description = fields.get("error_description", "")
    return TextNLPError(
        f"Whoever signs people in gave no code, but {shown(told)}{f': {shown(description)}' if description else ''}.",
        kind=ErrorKind.FORBIDDEN,
        facts=ErrorFacts(hint="Sign in again, or ask who administers the platform."),
    )


def _required(keeper: SessionKeeper | None) -> SessionKeeper:
    if keeper is None:
        raise invalid_input("This platform asks nobody who they are.")
    return keeper


def _sent_on(address: str) -> Response[None]:
    return Response(None, status_code=HTTPStatus.SEE_OTHER, headers={"Cache-Control": "no-store", "Location": address})
