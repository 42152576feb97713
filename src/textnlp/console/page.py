"""How a page is made: a template, what every page shows around it, and headers that let nothing foreign in."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache, partial
from http import HTTPStatus
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from litestar import Request, Response
from litestar.response import Redirect

from textnlp.api.caller import ANYBODY, find_principal
from textnlp.api.dependencies import services_of
from textnlp.api.request_identity import request_id_of
from textnlp.console import formats
from textnlp.console.assets import asset_path
from textnlp.console.charts import line_chart, progress_bar
from textnlp.console.form_fields import FormFields, form_token, showing
from textnlp.console.navigation import menu_of
from textnlp.console.shown_value import shown_value
from textnlp.domain.shown_size import shown_size
from textnlp.topology.scopes import ADMIN, WRITE

HTML = "text/html"

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_FILTERS: tuple[Callable[..., str], ...] = (
    formats.number,
    formats.money,
    formats.cents,
    formats.seconds,
    formats.moment,
)
_STATE_CLASSES = {
    "completed": "good",
    "accepted": "good",
    "ready": "good",
    "ok": "good",
    "passed": "good",
    "succeeded": "good",
    "closed": "good",
    "production": "good",
    "staging": "busy",
    "half_open": "warn",
    "stopped": "warn",
    "surplus": "warn",
    "running": "busy",
    "ingesting": "busy",
    "finalizing": "busy",
    "waiting": "busy",
    "pending": "busy",
    "queued": "busy",
    "cancelling": "warn",
    "paused": "warn",
    "cancelled": "warn",
    "rejected": "warn",
    "failed": "bad",
    "error": "bad",
    "agreed": "good",
    "decided": "good",
    "disputed": "warn",
}


def page(
    request: Request[Any, Any, Any],
    template: str,
    *,
    section: str,
    title: str,
    status: HTTPStatus = HTTPStatus.OK,
    headers: Mapping[str, str] | None = None,
    **facts: Any,
) -> Response[str]:
    """Answer with a whole page: `template` within the layout, which marks `section` in the menu."""
    around = _around(request) | {"section": section, "title": title}
    return _answer(render(request, template, **around, **facts), status, headers)


def fragment(
    request: Request[Any, Any, Any],
    template: str,
    *,
    status: HTTPStatus = HTTPStatus.OK,
    headers: Mapping[str, str] | None = None,
    **facts: Any,
) -> Response[str]:
    """Answer with a part of a page, to be put in its place by the page that asked."""
    return _answer(render(request, template, **facts), status, headers)


def render(request: Request[Any, Any, Any], template: str, **facts: Any) -> str:
    """Return a template's text; what it is given is escaped, wherever it came from."""
    now = services_of(request.scope).platform.clock.now()
    principal = find_principal(request.scope)
    grants: frozenset[str] = principal.grants if principal else frozenset()
    always = {
        "now": now,
        "ago": partial(_ago, now=now),
        "can_write": WRITE in grants,
        "can_administer": ADMIN in grants,
    }
    with showing(request):
        return environment().get_template(template).render(**always, **facts)


def is_fragment_wanted(request: Request[Any, Any, Any]) -> bool:
    """Whether a script of ours asks, and wants no whole page."""
    return request.headers.get("hx-request") == "true"


def send_on(request: Request[Any, Any, Any], path: str) -> Response[Any]:
    """Send the browser to another page after something was done, by whichever way it asked."""
    if is_fragment_wanted(request):
        return Response(None, status_code=HTTPStatus.OK, headers={"HX-Redirect": path, "Cache-Control": "no-store"})
    return Redirect(path, status_code=303, headers={"Cache-Control": "no-store"})


@cache
def environment() -> Environment:
    """Return the templates of the console; a name that a page does not give is an error, and everything is escaped."""
    made = Environment(
        loader=PackageLoader("textnlp.console"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        extensions=[FormFields],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for function in _FILTERS:
        made.filters[function.__name__] = function
    made.filters |= {"size": shown_size, "shown": shown_value}
    named: dict[str, Any] = {
        "asset": asset_path,
        "form_token": form_token,
        "line_chart": line_chart,
        "progress_bar": progress_bar,
        "share": formats.share,
        "spanned": formats.spanned,
        "state_class": _state_class,
    }
    made.globals.update(named)
    return made


def _around(request: Request[Any, Any, Any]) -> dict[str, Any]:
    principal = find_principal(request.scope)
    return {
        "menu": menu_of(principal.grants) if principal else [],
        "who": None if principal is None or principal == ANYBODY else principal,
        "request_id": request_id_of(request.scope),
    }


def _answer(text: str, status: HTTPStatus, headers: Mapping[str, str] | None) -> Response[str]:
    return Response(text, status_code=status, media_type=HTML, headers={**_HEADERS, **(headers or {})})


def _ago(value: datetime | None, *, now: datetime) -> str:
    return formats.ago(value, now)


def _state_class(state: object) -> str:
    return _STATE_CLASSES.get(str(state), "")
