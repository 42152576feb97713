"""Whole documents that stand in a frame of a page, under a policy of their own."""

import base64
import hashlib
import re

from litestar import Response

_STYLE = re.compile(rb"<style>(.*?)</style>", re.DOTALL)
_HTML = "text/html"


def framed(document: bytes) -> Response[bytes]:
    """Answer with a document that may use the one style sheet that it holds, and nothing else.

    It runs no script, loads nothing, sends no form, and belongs to no origin; only pages of the console frame it.
    """
    style = _STYLE.search(document)
    digest = b"" if style is None else base64.b64encode(hashlib.sha256(style[1]).digest())
    allowed = f"'sha256-{digest.decode()}'" if digest else "'none'"
    policy = (
        f"default-src 'none'; style-src {allowed}; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox"
    )
    headers = {
        "Content-Security-Policy": policy,
        "X-Frame-Options": "SAMEORIGIN",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
    }
    return Response(document, media_type=_HTML, headers=headers)
