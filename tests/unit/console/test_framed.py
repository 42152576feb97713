import base64
import hashlib

from textnlp.console.framed import framed


def test_a_framed_document_may_use_its_own_style_and_nothing_else() -> None:
    digest = base64.b64encode(hashlib.sha256(b"p { color: red }").digest()).decode()
    headers = framed(b"<html><style>p { color: red }</style><p>x</p></html>").headers
    policy = headers["Content-Security-Policy"]
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}'; ")
    assert "frame-ancestors 'self'" in policy
    assert policy.endswith("sandbox")
    assert headers["X-Frame-Options"] == "SAMEORIGIN"


def test_a_document_without_a_style_sheet_gets_none() -> None:
    assert "style-src 'none'" in framed(b"<p>x</p>").headers["Content-Security-Policy"]
