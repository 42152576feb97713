from collections.abc import Iterator
from pathlib import Path

import httpx
import msgspec
import pytest

from tests.factories.scripted_http import Answer, Pauses, ScriptedHttp, events, problem
from textnlp.client.call import Call, Upload
from textnlp.client.connection import Connection
from textnlp.client.transport import Transport
from textnlp.domain.errors import ErrorKind, TextNLPError


class Thing(msgspec.Struct):
    id: str


GET = Call(method="GET", path="/things/1")
POST = Call(method="POST", path="/things", body=Thing("a"))
KEYED = Call(method="POST", path="/things", body=Thing("a"), takes_key=True)
FOUND = {"id": "a", "later": "ignored"}


def transport(http: ScriptedHttp, pauses: Pauses | None = None, *, retries: int = 2) -> Transport:
    connection = Connection(retries=retries)
    client = httpx.Client(**connection.options(), transport=http.transport)
    return Transport(client, connection, pause=(pauses or Pauses()).wait)


def test_a_json_answer_is_decoded_and_what_is_not_known_in_it_ignored() -> None:
    http = ScriptedHttp(httpx.Response(200, json=FOUND))
    assert transport(http).decoded(GET, Thing) == Thing("a")
    assert str(http.requests[0].url) == "http://127.0.0.1:8000/things/1"


def test_an_answer_of_another_status_than_the_method_is_for_is_refused() -> None:
    http = ScriptedHttp(httpx.Response(202, json=FOUND))
    with pytest.raises(TextNLPError, match="answered 202") as refused:
        transport(http).decoded(POST, Thing, status=200)
    assert refused.value.kind is ErrorKind.BAD_RESPONSE


LINES = Call(method="GET", path="/things/1/file", accept="application/x-ndjson")
LINK = "https://account.blob.example/things/1?sig=x"


def sent_on(location: str = LINK) -> httpx.Response:
    return httpx.Response(303, headers={"location": location})


def test_a_file_is_fetched_from_where_a_link_leads_without_the_token() -> None:
    http = ScriptedHttp(sent_on(), httpx.Response(200, content=b"rows"))
    connection = Connection(retries=0, token="secret")  # noqa: S106  of a test
    client = Transport(httpx.Client(**connection.options(), transport=http.transport), connection)
    assert b"".join(client.pieces(LINES)) == b"rows"
    asked, linked = http.requests
    assert asked.headers["authorization"] == "Bearer secret"
    assert (str(linked.url), linked.method) == (LINK, "GET")
    assert "authorization" not in linked.headers


@pytest.mark.parametrize(
    ("call", "answer"),
    [(LINES, sent_on("http://account.blob.example/x")), (GET, sent_on()), (LINES, httpx.Response(303))],
    ids=["http", "json", "nowhere"],
)
def test_no_other_redirect_is_followed(call: Call, answer: httpx.Response) -> None:
    http = ScriptedHttp(answer)
    with pytest.raises(TextNLPError, match="answered 303"):
        list(transport(http).pieces(call))
    assert len(http.requests) == 1


def test_a_link_that_is_refused_is_told_and_one_link_leads_to_no_other() -> None:
    for answer in (httpx.Response(403, content=b"<Error/>"), sent_on()):
        http = ScriptedHttp(sent_on(), answer)
        with pytest.raises(TextNLPError, match=f"answered {answer.status_code}"):
            list(transport(http, retries=0).pieces(LINES))
        assert len(http.requests) == 2


def test_nothing_is_read_where_nothing_is_answered() -> None:
    transport(ScriptedHttp(httpx.Response(204))).done(POST)


@pytest.mark.parametrize("call", [GET, KEYED], ids=["get", "key"])
@pytest.mark.parametrize(
    "failure",
    [httpx.ConnectError("x"), httpx.ReadTimeout("x"), *(problem(status, "unavailable") for status in (502, 503, 504))],
    ids=str,
)
def test_what_cannot_do_harm_twice_is_called_again(call: Call, failure: Answer) -> None:
    http, pauses = ScriptedHttp(failure, failure, httpx.Response(200, json=FOUND)), Pauses()
    assert transport(http, pauses).decoded(call, Thing) == Thing("a")
    assert len(http.requests) == 3
    assert [0.25 <= first <= 0.5 and 0.5 <= second <= 1 for first, second in [pauses.seconds]] == [True]
    assert len(set(http.bodies)) == 1


def test_a_call_keeps_its_key_over_its_attempts_and_the_next_has_another() -> None:
    http = ScriptedHttp(problem(503, "unavailable"), httpx.Response(200, json=FOUND))
    sender = transport(http)
    sender.decoded(KEYED, Thing)
    sender.decoded(KEYED, Thing)
    first, again, other = (request.headers["idempotency-key"] for request in http.requests)
    assert first == again != other


def test_the_pause_that_is_asked_for_is_kept() -> None:
    http = ScriptedHttp(problem(429, "rate_limited", headers={"retry-after": "7"}), httpx.Response(200, json=FOUND))
    pauses = Pauses()
    transport(http, pauses).decoded(GET, Thing)
    assert pauses.seconds == [7]


@pytest.mark.parametrize(
    ("call", "failure", "retries"),
    [
        (POST, httpx.ConnectError("x"), 2),
        (POST, problem(503, "unavailable"), 2),
        (GET, problem(404, "not_found"), 2),
        (GET, problem(429, "limit_reached"), 2),
        (GET, problem(503, "unavailable"), 0),
    ],
)
def test_what_may_do_harm_or_will_not_pass_is_called_once(call: Call, failure: Answer, retries: int) -> None:
    http = ScriptedHttp(failure)
    with pytest.raises(TextNLPError):
        transport(http, retries=retries).decoded(call, Thing)
    assert len(http.requests) == 1


def test_attempts_end() -> None:
    http = ScriptedHttp(problem(503, "unavailable"))
    with pytest.raises(TextNLPError) as refused:
        transport(http, retries=3).decoded(GET, Thing)
    assert (refused.value.kind, len(http.requests)) == (ErrorKind.UNAVAILABLE, 4)


class _Broken(httpx.SyncByteStream):
    """Breaks after its first piece, and knows whether it was closed."""

    def __init__(self) -> None:
        self.is_closed = False

    def __iter__(self) -> Iterator[bytes]:
        yield b'data: {"id": "a"}\n\n'
        raise httpx.ReadError("gone")

    def close(self) -> None:
        self.is_closed = True


def test_a_stream_that_breaks_is_told_and_not_begun_again() -> None:
    http = ScriptedHttp(httpx.Response(200, stream=_Broken()))
    stream = transport(http).events(GET, {"message": Thing})
    assert next(stream) == Thing("a")
    with pytest.raises(TextNLPError, match="broke: gone"):
        next(stream)
    assert len(http.requests) == 1


def test_a_stream_is_closed_with_its_reader() -> None:
    broken = _Broken()
    stream = transport(ScriptedHttp(httpx.Response(200, stream=broken))).pieces(GET)
    next(stream)
    assert not broken.is_closed
    stream.close()
    assert broken.is_closed


def test_events_come_until_the_stream_says_that_it_is_complete() -> None:
    http = ScriptedHttp(events('data: {"id": "a"}\n\n', 'data: {"id": "b"}\n\n', "data: [DONE]\n\n"))
    assert list(transport(http).events(POST, {"message": Thing})) == [Thing("a"), Thing("b")]


def test_a_file_is_sent_from_its_beginning_at_each_attempt(tmp_path: Path) -> None:
    path = tmp_path / "prompts.txt"
    path.write_text("One\nTwo\n")
    http = ScriptedHttp(problem(503, "unavailable"), httpx.Response(202, json=FOUND))
    upload = Call(method="POST", path="/things", fields=Thing("a"), upload=Upload(path, "other.txt"), takes_key=True)
    transport(http).decoded(upload, Thing)
    assert all(b"One\nTwo\n" in body and b'filename="other.txt"' in body for body in http.bodies)
    assert len(http.bodies) == 2
