import httpx
import msgspec
import pytest

from textnlp.client.call import Call
from textnlp.client.connection import Body, Connection, TypedEvents
from textnlp.domain.errors import ErrorKind, TextNLPError

CONNECTION = Connection(token="tnlp_secret")  # noqa: S106  a made-up one


class Chunk(msgspec.Struct):
    text: str


class End(msgspec.Struct):
    id: str


def events(kinds: dict[str, type[Chunk | End]]) -> TypedEvents[Chunk | End]:
    return TypedEvents(kinds, CONNECTION.refusals)


@pytest.mark.parametrize("server", ["host", "ftp://host", "", "http://"])
def test_what_is_no_address_is_refused(server: str) -> None:
    with pytest.raises(TextNLPError) as refused:
        Connection(server=server)
    assert refused.value.kind is ErrorKind.INVALID_INPUT


def test_a_token_is_sent_and_shown_nowhere() -> None:
    assert CONNECTION.options()["headers"] == {"Authorization": "Bearer tnlp_secret"}
    assert "secret" not in repr(CONNECTION)
    assert Connection().options()["headers"] == {}


def test_no_redirect_is_followed_and_no_environment_read() -> None:
    options = CONNECTION.options()
    assert (options["follow_redirects"], options["trust_env"]) == (False, False)


def test_what_is_followed_may_not_be_silent_for_long() -> None:
    def silence(call: Call, seconds: float = 300.0) -> float | None:
        timeout: httpx.Timeout = Connection(timeout_seconds=seconds).request(call)["timeout"]
        return timeout.read

    assert silence(Call(method="GET", path="/")) == 300
    assert silence(Call(method="GET", path="/", follows=True)) == 45
    assert silence(Call(method="GET", path="/", follows=True), 9) == 9


def test_a_body_that_is_something_else_is_told_with_its_beginning() -> None:
    body = Body(CONNECTION.refusals)
    body.add(b'{"a":')
    body.add(b" 1}")
    with pytest.raises(TextNLPError, match="answered 200"):
        body.decoded(httpx.Response(200), Chunk)


def test_an_answer_without_end_is_refused() -> None:
    body = Body(CONNECTION.refusals)
    body.add(bytes(256 << 20))
    with pytest.raises(TextNLPError, match="an answer of more than"):
        body.add(b" ")


def test_an_event_without_end_is_refused() -> None:
    reader = events({"message": Chunk})
    assert list(reader.feed(bytes(16 << 20))) == []
    with pytest.raises(TextNLPError, match="an event of more than"):
        list(reader.feed(b" "))


def test_events_are_read_by_their_names_and_others_passed_over() -> None:
    reader = events({"progress": Chunk, "end": End})
    stream = b'event: progress\ndata: {"text": "a"}\n\nevent: other\ndata: 1\n\nevent: end\ndata: {"id": "b"}\n\n'
    assert list(reader.feed(stream)) == [Chunk("a"), End("b")]
    reader.require_end()


def test_a_stream_without_names_must_say_that_it_is_complete() -> None:
    reader = events({"message": Chunk})
    assert list(reader.feed(b'data: {"text": "a"}\n\n')) == [Chunk("a")]
    with pytest.raises(TextNLPError, match="stopped before its end"):
        reader.require_end()
    assert list(reader.feed(b"data: [DONE]\n\n")) == []
    reader.require_end()


@pytest.mark.parametrize("name", ["event: error\n", ""])
def test_an_error_among_events_is_raised(name: str) -> None:
    stream = f'{name}data: {{"error": {{"code": "timeout", "detail": "Slow.", "message": "Slow."}}}}\n\n'
    with pytest.raises(TextNLPError, match="Slow") as raised:
        list(events({"message": Chunk}).feed(stream.encode()))
    assert raised.value.kind is ErrorKind.TIMEOUT
