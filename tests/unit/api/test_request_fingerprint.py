from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from litestar import Request

from textnlp.api.request_fingerprint import RequestFingerprint

JSON = "application/json"


def digest(body: bytes, *, content_type: str = JSON, query: bytes = b"", size: int = 7) -> bytes:
    scope: Any = {
        "type": "http",
        "method": "POST",
        "path": "/",
        "query_string": query,
        "headers": [(b"content-type", content_type.encode())],
        "state": {},
    }
    fingerprint = RequestFingerprint(Request(scope))
    for start in range(0, len(body), size):
        fingerprint.take(body[start : start + size])
    return fingerprint.digest()


def form(boundary: str, *parts: tuple[str, str | None, bytes]) -> tuple[bytes, str]:
    body = b""
    for name, file_name, content in parts:
        file = "" if file_name is None else f'; filename="{file_name}"'
        body += f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'.encode()
        body += content + b"\r\n"
    return body + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


@given(body=st.binary(max_size=60), size=st.integers(1, 61))
def test_how_a_body_is_divided_does_not_matter(body: bytes, size: int) -> None:
    assert digest(body, size=size) == digest(body, size=61)


def test_query_media_type_and_body_do_matter() -> None:
    digests = {
        digest(b"{}"),
        digest(b"{ }"),
        digest(b"{}", query=b"a=1"),
        digest(b"{}", content_type="text/plain"),
        digest(b""),
    }
    assert len(digests) == 5


def test_the_boundary_of_a_form_does_not_matter_and_its_parts_do() -> None:
    parts = (("model", None, b"m"), ("file", "a.txt", b"one\r\ntwo"))

    def of(boundary: str, *given: tuple[str, str | None, bytes]) -> bytes:
        body, content_type = form(boundary, *given)
        return digest(body, content_type=content_type)

    assert of("one", *parts) == of("another", *parts)
    others = {
        of("one", *parts),
        of("one", parts[1], parts[0]),
        of("one", parts[0], ("file", "b.txt", b"one\r\ntwo")),
        of("one", parts[0], ("file", "a.txt", b"one\r\nTwo")),
        of("one", ("model", None, b"m"), ("file", "a.txt", b"one\r\ntwo"), ("model", None, b"")),
    }
    assert len(others) == 5


@given(body=st.binary(max_size=40))
def test_a_broken_form_has_a_digest_as_well(body: bytes) -> None:
    broken = b"--b\r\nContent-Disposition: form-data\r\n\r\n" + body
    assert len(digest(broken, content_type="multipart/form-data; boundary=b")) == 32
