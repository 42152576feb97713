"""Requests that mean harm: each is refused cheaply, in the right form, and the service goes on."""

import dataclasses
import gzip
import socket
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import psutil
import pytest

from tests.acceptance.raw_http import RawAnswer, exchange, request
from tests.acceptance.served_platform import ServedPlatform, platform_in_thread
from textnlp.topology.limits import LIMITS

pytestmark = pytest.mark.postgres

_OTHER_FORMS = ("/v1/", "/identity/token")
"""Paths whose errors are in the form of OpenAI or of OAuth."""

_GENERATE = "/api/v1/generate"
_CHAT = "/v1/chat/completions"
_BATCHES = "/api/v1/batches"
_JSON = "content-type: application/json"
_PLAIN = "content-type: text/plain"
_FORM = "content-type: application/x-www-form-urlencoded"
_PARTS = "content-type: multipart/form-data; boundary=x"
_MEGABYTE = 1 << 20
_QUICK = dataclasses.replace(
    LIMITS, header_timeout_seconds=1.0, body_pause_seconds=0.4, request_timeout_seconds=1, max_upload_bytes=20 << 20
)


class Case(NamedTuple):
    """A request and the statuses with which it may be answered."""

    method: str
    path: str
    statuses: set[int]
    headers: tuple[str | bytes, ...] = ()
    body: bytes = b""


def _prompt(more: bytes) -> bytes:
    return b'{"prompt":"x",' + more + b"}"


def _chat(more: bytes) -> bytes:
    return b'{"messages":[{"role":"user","content":"x"}],' + more + b"}"


def _part(disposition: bytes) -> bytes:
    return b"--x\r\ncontent-disposition: form-data; " + disposition + b"\r\n\r\na\r\n--x--\r\n"


def _file_part(name: bytes) -> bytes:
    return _part(b'name="file"; filename="' + name + b'"')


def _schema(schema: bytes) -> bytes:
    return _prompt(b'"schema":' + schema)


def _budget(limit: bytes) -> bytes:
    return b'{"period":"daily","unit":"usd","limit":' + limit + b"}"


_DIGITS = b"9" * 100_000
_EVERYTHING_IN_EVERYTHING = (
    b'{"$defs":{"a":{"allOf":[' + b",".join([b'{"$ref":"#/$defs/a"}'] * 100) + b']}},"$ref":"#/$defs/a"}'
)
_MANY_MESSAGES = b'{"messages":[' + b",".join([b'{"role":"user","content":"x"}'] * 200_000) + b"]}"
_DOCUMENTS = {
    "objects 10,000 deep": Case("POST", _GENERATE, {400}, body=_schema(b'{"a":' * 10_000 + b"1" + b"}" * 10_000)),
    "lists 100,000 deep": Case("POST", _CHAT, {400}, body=_chat(b'"metadata":' + b"[" * 100_000 + b"]" * 100_000)),
    "brackets without end": Case("POST", _GENERATE, {400}, body=b"[" * 1_000_000),
    "a number above all floats": Case("POST", _GENERATE, {422}, body=_prompt(b'"parameters":{"temperature":1e400}')),
    "a number of 100,000 digits": Case(
        "POST", _GENERATE, {422}, body=_prompt(b'"parameters":{"seed":' + _DIGITS + b"}")
    ),
    "a budget of 100,000 digits": Case("POST", "/api/v1/budgets", {422}, body=_budget(_DIGITS)),
    "a budget of a million digits": Case("POST", "/api/v1/budgets", {422}, body=_budget(b'"1e999999"')),
    "NaN": Case("POST", _GENERATE, {400}, body=_prompt(b'"parameters":{"temperature":NaN}')),
    "bytes that are no UTF-8": Case("POST", _GENERATE, {400}, body=b'{"prompt":"\xff\xfe"}'),
    "half a surrogate pair": Case("POST", _GENERATE, {400}, body=b'{"prompt":"\\ud800"}'),
    "a key twice": Case("POST", _GENERATE, {200}, body=b'{"prompt":"x","prompt":"y"}'),
    "NUL in a prompt": Case("POST", _GENERATE, {200}, body=b'{"prompt":"a\\u0000b"}'),
    "NUL in a later prompt": Case("POST", _GENERATE, {202}, body=b'{"prompt":"a\\u0000b","mode":"async"}'),
    "NUL in a model": Case("POST", _GENERATE, {404}, body=_prompt(b'"model":"a\\u0000"')),
    "a schema that demands a billion": Case(
        "POST", _GENERATE, {502}, body=_schema(b'{"type":"array","minItems":1000000000}')
    ),
    "a schema of everything in everything": Case(
        "POST", _GENERATE, {200, 502}, body=_schema(_EVERYTHING_IN_EVERYTHING)
    ),
    "a schema from elsewhere": Case("POST", _GENERATE, {422}, body=_schema(b'{"$ref":"file:///etc/passwd"}')),
    "200,000 messages": Case("POST", _GENERATE, {200}, body=_MANY_MESSAGES),
    "a compressed body": Case(
        "POST", _GENERATE, {415}, ("content-encoding: gzip",), gzip.compress(_prompt(b'"stream":false'))
    ),
    "a compressed bomb": Case(
        "POST", _CHAT, {415}, ("content-encoding: gzip",), gzip.compress(b" " * (50 * _MEGABYTE))
    ),
    "a body of 99 GB": Case("POST", _GENERATE, {413}, ("content-length: 99999999999",)),
}
"""Bodies of JSON, sent with the credentials of a caller who may do everything."""

_PATHS = {
    **{
        f"NUL in {path}": Case(method, path.replace("ID", "a%00b"), {404})
        for method, path in (
            ("GET", f"{_BATCHES}/ID"),
            ("GET", f"{_BATCHES}/ID/rows"),
            ("GET", f"{_BATCHES}/ID/events"),
            ("GET", f"{_BATCHES}/ID/output"),
            ("POST", f"{_BATCHES}/ID/cancel"),
            ("POST", f"{_BATCHES}/ID/retry"),
            ("GET", "/api/v1/generations/ID"),
            ("GET", "/v1/models/ID"),
            ("DELETE", "/api/v1/budgets/ID"),
            ("GET", f"{_BATCHES}/x/files/ID"),
        )
    },
    "NUL in a cursor": Case("GET", f"{_BATCHES}?before=a%00b", {200, 422}),
    "bytes that are no UTF-8": Case("GET", f"{_BATCHES}/%ff%fe", {404}),
    "half a surrogate pair": Case("GET", f"{_BATCHES}/%ed%a0%80", {404}),
    "a way out by %2f": Case("GET", f"{_BATCHES}/x/files/..%2f..%2f..%2fetc%2fpasswd", {404}),
    "a way out by %2e": Case("GET", f"{_BATCHES}/x/files/%2e%2e", {404}),
    "a way out by dots": Case("GET", f"{_BATCHES}/x/files/../../../../../etc/passwd", {404}),
    "a limit of 5,000 digits": Case("GET", f"{_BATCHES}?limit={'9' * 5_000}", {422}),
    "the last day of the calendar": Case("GET", "/api/v1/usage?until=9999-12-31", {422}),
    "the first day of the calendar": Case("GET", "/api/v1/usage?until=0001-01-01", {422}),
    "a query of nonsense": Case("GET", f"{_BATCHES}?%ff=%fe&&&=&limit=%00", {422}),
    "ranges without end": Case("GET", "/openapi.json", {200}, ("range: bytes=" + "0-," * 1_000,)),
    "an unknown method": Case("BREW", "/health", {405}),
    "TRACE": Case("TRACE", "/health", {405}),
    "a form without end": Case("POST", _BATCHES, {400}, (_PARTS,), _part(b'name="file"')[:-10]),
    "a form of 1,000 parts": Case("POST", _BATCHES, {400, 422}, (_PARTS,), _part(b'name="a"') * 1_000),
    "a file name that leads out": Case("POST", _BATCHES, {202}, (_PARTS,), _file_part(b"../../a.txt")),
    "a file name with NUL": Case("POST", _BATCHES, {202, 400}, (_PARTS,), _file_part(b"a\0.txt")),
    "a file name that is no text": Case("POST", _BATCHES, {400}, (_PARTS,), _file_part(b"\xff.txt")),
    "a content type of nonsense": Case("POST", f"{_BATCHES}?name=a.txt", {202}, (b'content-type: \xff;;=;"',), b"x"),
    "a disposition of nonsense": Case(
        "POST", _BATCHES, {202}, (_PLAIN, b"content-disposition: a; filename*=utf-99''%ff"), b"x"
    ),
    "Basic credentials that are no ASCII": Case(
        "POST", "/identity/token", {401}, (b"authorization: Basic \xff", _FORM), b"grant_type=client_credentials"
    ),
    "a token of 1,000 fields": Case("POST", "/identity/token", {400}, (_FORM,), b"&".join([b"a=1"] * 1_000)),
    "a bearer token of bytes": Case("GET", _BATCHES, {401}, (b"authorization: Bearer \xff\xfe\x80",)),
    "a bearer token of 50,000 characters": Case("GET", _BATCHES, {401}, (f"authorization: Bearer {'a.b.' * 12_500}",)),
}
"""Paths, queries, forms and headers; those that bring no credentials of their own get good ones."""

_MALFORMED = {
    "two lengths": request("POST", _GENERATE, headers=("content-length: 4",), body=b"{}"),
    "a length below zero": request("POST", _GENERATE, headers=("content-length: -4",)),
    "an unknown transfer encoding": request("POST", _GENERATE, headers=("transfer-encoding: xchunked",)),
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 100,
    "HTTP/9.9": b"GET /health HTTP/9.9\r\nhost: x\r\n\r\n",
    "a header without a colon": request("GET", "/health", headers=("nothing",)),
    "NUL in a header": request("GET", "/health", headers=(b"x: a\0b",)),
    "a folded header": request("GET", "/health", headers=(b"x: a\r\n b",)),
    "headers of 500 KB": request("GET", "/health", headers=(f"x: {'a' * 500_000}",)),
    "1,000 headers": request("GET", "/health", headers=[f"x{number}: 1" for number in range(1_000)]),
    "a path of 70 KB": request("GET", "/" + "a" * 70_000),
}
"""What the server itself refuses, before there is a request that could have an id."""


@pytest.fixture
def served(database_url: str, tmp_path: Path) -> Iterator[ServedPlatform]:
    with platform_in_thread(database_url, tmp_path) as running:
        yield running


@pytest.fixture
def impatient(database_url: str, tmp_path: Path) -> Generator[ServedPlatform]:
    """A platform that gives every sender a second in all, and 0.4 between two pieces."""
    with platform_in_thread(database_url, tmp_path, limits=_QUICK) as running:
        yield running


def _asked(served: ServedPlatform, case: Case, *more: str) -> RawAnswer:
    headers = [*case.headers, *more]
    if not any(_text(line).startswith("authorization:") for line in headers):
        headers.append(f"authorization: Bearer {served.api_key}")
    return exchange(served.url, request(case.method, case.path, headers=headers, body=case.body))


def _text(line: str | bytes) -> str:
    return line.decode("latin-1") if isinstance(line, bytes) else line


def _faults(served: ServedPlatform, name: str, case: Case, *more: str) -> Iterator[str]:
    answer = _asked(served, case, *more)
    if answer.status not in case.statuses:
        yield f"{name}: {answer.status}, not {case.statuses}: {answer.body[:300]!r}"
    if not answer.headers.get("x-request-id"):
        yield f"{name}: no request id"
    kind = answer.headers.get("content-type", "")
    expected = "application/json" if case.path.startswith(_OTHER_FORMS) else "application/problem+json"
    if answer.status >= 400 and not kind.startswith(expected):
        yield f"{name}: answered as {kind}"
    if exchange(served.url, request("GET", "/health")).status != 200:
        yield f"{name}: the service does not answer any more"


def test_no_document_does_harm(served: ServedPlatform) -> None:
    before = psutil.Process().memory_info().rss
    assert not [fault for name, case in _DOCUMENTS.items() for fault in _faults(served, name, case, _JSON)]
    assert psutil.Process().memory_info().rss - before < 200 * _MEGABYTE


def test_no_path_query_form_or_header_does_harm(served: ServedPlatform) -> None:
    assert not [fault for name, case in _PATHS.items() for fault in _faults(served, name, case)]


def test_what_is_no_request_is_refused_and_the_connection_closed(served: ServedPlatform) -> None:
    refused = {name: exchange(served.url, data).status for name, data in _MALFORMED.items()}
    assert set(refused.values()) <= {400, 414, 431}, refused
    assert exchange(served.url, request("GET", "/health")).status == 200


def test_a_second_request_hidden_in_a_body_is_not_answered(served: ServedPlatform) -> None:
    hidden = b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n"
    headers = (_JSON, f"authorization: Bearer {served.api_key}", "transfer-encoding: chunked", "content-length: 4")
    answer = exchange(served.url, request("POST", _GENERATE, headers=headers) + b"0\r\n\r\n" + hidden)
    assert answer.status == 400
    assert b"HTTP/1.1" not in answer.body


@pytest.mark.parametrize("host", ["a:b:c@d:99999999", "127.0.0.1:port", "[::1", '"<>'])
def test_a_host_that_is_none_makes_nothing_fail(served: ServedPlatform, host: str) -> None:
    for path in ("/health", "/nowhere", "/identity/.well-known/openid-configuration", _BATCHES):
        answer = exchange(served.url, request("GET", path, host=host))
        assert 200 <= answer.status < 500, (path, answer)
        assert answer.headers["x-request-id"]


def test_old_and_pipelined_requests_are_answered(served: ServedPlatform) -> None:
    assert exchange(served.url, b"GET /health HTTP/1.0\r\n\r\n").status == 200
    one = b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n"
    answer = exchange(served.url, one * 19 + request("GET", "/health"))
    assert answer.body.count(b"HTTP/1.1 200") == 19


def test_a_body_above_the_limit_is_not_read_to_its_end(served: ServedPlatform) -> None:
    head = request(
        "POST", _GENERATE, headers=(_JSON, f"authorization: Bearer {served.api_key}", "transfer-encoding: chunked")
    )
    chunk = b"%x\r\n" % _MEGABYTE + b"a" * _MEGABYTE + b"\r\n"
    before = psutil.Process().memory_info().rss
    answer = exchange(served.url, head, *[chunk] * 400)
    assert answer.status in {413, 0}, "0 where the connection was closed under the sender"
    assert psutil.Process().memory_info().rss - before < 100 * _MEGABYTE
    assert exchange(served.url, request("GET", "/health")).status == 200


def test_a_body_that_comes_slowly_is_given_up(impatient: ServedPlatform) -> None:
    headers = (_JSON, f"authorization: Bearer {impatient.api_key}", "content-length: 100")
    stopped = exchange(impatient.url, request("POST", _GENERATE, headers=headers) + b"{")
    assert (stopped.status, stopped.json()["code"]) == (408, "timeout")
    dripping = exchange(impatient.url, request("POST", _CHAT, headers=headers), *[b" "] * 12, pause_seconds=0.15)
    assert (dripping.status, dripping.json()["error"]["code"]) == (408, "timeout")
    upload = (_PLAIN, f"authorization: Bearer {impatient.api_key}", "content-length: 100")
    assert exchange(impatient.url, request("POST", f"{_BATCHES}?name=a.txt", headers=upload) + b"a").status == 408


def test_headers_that_come_slowly_and_idle_connections_are_given_up(impatient: ServedPlatform) -> None:
    address = urlsplit(impatient.url)
    idle = [socket.create_connection((address.hostname, address.port)) for _ in range(300)]
    for number, connection in enumerate(idle):
        connection.sendall(b"GET /health HTTP/1.1\r\nx: "[: number % 25])
    assert exchange(impatient.url, request("GET", "/health")).status == 200
    for connection in idle:
        connection.settimeout(10)
        assert connection.recv(1000) == b""
        connection.close()
