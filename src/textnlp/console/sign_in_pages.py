"""The pages around signing in to the console: plain HTML that loads one style sheet and runs nothing."""

from collections.abc import Mapping
from html import escape
from urllib.parse import urlencode

from textnlp.api.sign_in_page import plain_page
from textnlp.console.unauthenticated import SIGN_IN
from textnlp.domain.errors import TextNLPError
from textnlp.domain.identity.sign_in_flow import safe_next
from textnlp.ports.sign_in_issuer import SignInIssuer


def choice_page(issuers: Mapping[str, SignInIssuer], *, next_path: str, is_expired: bool) -> str:
    """Return the page that offers every way to sign in; `is_expired` says that a session has ended before."""
    ways = "\n".join(
        f'<li><a href="{_address(next_path, name)}">Sign in with {escape(issuer.shown_name)}</a></li>'
        for name, issuer in issuers.items()
    )
    note = '<p role="status">Your session has ended. Nothing that runs here was stopped by that.</p>\n'
    return plain_page("Sign in to the console", f"{note if is_expired else ''}<ul>\n{ways}\n</ul>")


def signed_out_page() -> str:
    """Return the page for somebody who has signed out."""
    return plain_page(
        "Signed out", f'<p>You are signed out of the console.</p>\n<p><a href="{SIGN_IN}">Sign in</a></p>'
    )


def failure_page(error: TextNLPError) -> str:
    """Return the page for a sign-in that came to nothing."""
    told = f'<p role="alert" class="address">{escape(error.full_text)}</p>'
    return plain_page("This sign-in did not work", f'{told}\n<p><a href="{SIGN_IN}">Sign in again</a></p>')


def _address(next_path: str, issuer: str) -> str:
    return escape(f"{SIGN_IN}?{urlencode({'next': safe_next(next_path), 'issuer': issuer})}")
