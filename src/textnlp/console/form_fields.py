"""Gives every form of the templates the token that it has to bring back, so that none is forgotten."""

import re
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from jinja2.ext import Extension
from litestar import Request

from textnlp.console.form_token import FIELD, form_token_of

_FORM = re.compile(r'<form\b[^>]*\bmethod="post"[^>]*>')
_ACTION = re.compile(r'\baction="([^"]*)"')
_UPLOAD = 'enctype="multipart/form-data"'
_TOKEN = "{{ form_token() }}"  # noqa: S105  what stands for one in a template
_shown_for: ContextVar[Request[Any, Any, Any]] = ContextVar("textnlp_form_request")


class FormFields(Extension):
    """Adds the token to forms that are posted: as a hidden field, to the address of an upload."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:  # noqa: ARG002  as Jinja calls it
        """Return the template with the tokens in it."""
        return _FORM.sub(lambda found: _with_token(found[0]), source)


@contextmanager
def showing(request: Request[Any, Any, Any]) -> Generator[None]:
    """Let `form_token` be that of a request for as long as the block lasts."""
    reset = _shown_for.set(request)
    try:
        yield
    finally:
        _shown_for.reset(reset)


def form_token() -> str:
    """Return the token for the page that is being rendered."""
    return form_token_of(_shown_for.get())


def _with_token(tag: str) -> str:
    if _UPLOAD in tag:
        return _ACTION.sub(lambda found: f'action="{found[1]}?{FIELD}={_TOKEN}"', tag)
    return f'{tag}<input type="hidden" name="{FIELD}" value="{_TOKEN}">'
