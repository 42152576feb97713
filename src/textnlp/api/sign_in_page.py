"""The page on which people sign in: plain HTML that loads one style sheet and runs nothing."""

from collections.abc import Mapping
from html import escape
from urllib.parse import urlsplit

from textnlp.domain.errors import TextNLPError
from textnlp.domain.identity.authorization_request import FIELDS, OFFLINE_ACCESS, OPENID, AuthorizationRequest
from textnlp.domain.identity.sign_in import SIGNED_IN_DAYS
from textnlp.topology.scopes import ADMIN, READ, WRITE

STYLE_PATH = "/identity/sign-in.css"
"""Where the style sheet is."""

STYLE = """\
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { display: grid; place-items: center; min-height: 100vh; margin: 0; }
main { width: min(26rem, 92vw); }
h1 { font-size: 1.4rem; }
label { display: block; font-weight: 600; }
input { box-sizing: border-box; width: 100%; padding: .6rem; margin: .3rem 0 1rem; font: inherit; }
button { padding: .6rem 1.2rem; font: inherit; }
[role=alert] { border-left: .3rem solid #c62828; padding-left: .8rem; }
.address { overflow-wrap: anywhere; }
"""

_ALLOWED = (
    (READ, "read generations, batches and datasets"),
    (WRITE, "create, change and cancel them"),
    (ADMIN, "administer the platform"),
)
_PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="stylesheet" href="{style}">
</head>
<body>
<main>
<h1>{title}</h1>
{content}
</main>
</body>
</html>
"""
_FORM = """\
<p>Leave is asked for by {name} ({host}) to:</p>
<ul>
{wishes}
</ul>
{alert}<form method="post" action="/identity/authorize">
{hidden}
<label for="credential">Sign-in code or API key</label>
<input id="credential" name="credential" type="password" autocomplete="off" autofocus required maxlength="256">
<button name="answer" value="allow">Sign in</button>
<button name="answer" value="deny" formnovalidate>Cancel</button>
</form>
<p>Whoever has access to this platform's computer gets a code there with <code>textnlp login</code>.</p>
"""


def sign_in_page(
    request: AuthorizationRequest,
    fields: Mapping[str, str],
    *,
    form_token: str,
    error: TextNLPError | None = None,
) -> str:
    """Return the page that asks whether `request` is granted, and by whom; `error` says what was wrong before."""
    hidden = {name: fields[name] for name in FIELDS if name in fields} | {"form_token": form_token}
    content = _FORM.format(
        name=escape(request.client.name),
        host=escape(urlsplit(request.redirect_uri).netloc),
        wishes="\n".join(f"<li>{escape(wish)}</li>" for wish in _wishes(request)),
        alert="" if error is None else f'<p role="alert">{escape(error.full_text)}</p>\n',
        hidden="\n".join(
            f'<input type="hidden" name="{name}" value="{escape(value)}">' for name, value in hidden.items()
        ),
    )
    return _page("Sign in to TextNLP", content)


def refusal_page(error: TextNLPError) -> str:
    """Return the page for a request that must not be answered to whoever made it."""
    return _page("This sign-in cannot go on", f'<p role="alert" class="address">{escape(error.full_text)}</p>')


def page_headers(*, sends_to: str = "") -> dict[str, str]:
    """Return the headers that keep a page to itself: no script, no frame around it, its form sent to us alone.

    `sends_to` is the address that our answer to the form leads on to, which browsers count as the form's too.
    """
    parts = urlsplit(sends_to)
    # A policy cannot name an IPv6 address (CSP3, section 2.3.1), so that only the scheme is left.
    source = f"{parts.scheme}:" if "[" in parts.netloc else f"{parts.scheme}://{parts.netloc}"
    onward = f" {source}" if sends_to else ""
    return {
        "Content-Security-Policy": (
            f"default-src 'none'; style-src 'self'; form-action 'self'{onward}; frame-ancestors 'none'; base-uri 'none'"
        ),
        "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Referrer-Policy": "same-origin",
        "Cache-Control": "no-store",
    }


def _wishes(request: AuthorizationRequest) -> list[str]:
    asked = request.grants
    wishes = [said for grant, said in _ALLOWED if asked is not None and grant in asked]
    if asked is None:
        wishes.append("do everything that you may do yourself")
    if request.wants_identity:
        wishes.append(f"know who you are ({OPENID})")
    if request.wants_refresh:
        wishes.append(f"stay signed in for {SIGNED_IN_DAYS} days ({OFFLINE_ACCESS})")
    return wishes


def _page(title: str, content: str) -> str:
    return _PAGE.format(title=escape(title), style=STYLE_PATH, content=content)
