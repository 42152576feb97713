"""Posting to webhooks over real sockets."""

import asyncio
from collections.abc import AsyncGenerator

import aiohttp
import pytest

from tests.contract.test_webhook_transport import KnownHosts
from tests.doubles.webhook_receiver import WebhookReceiver
from textnlp.adapters.webhooks.aiohttp_transport import AiohttpWebhookTransport
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.webhooks.model import KEPT_RESPONSE_BYTES


@pytest.fixture
async def transport() -> AsyncGenerator[AiohttpWebhookTransport]:
    made = AiohttpWebhookTransport(timeout_seconds=5, allows_private=True)
    yield made
    await made.aclose()


async def refused(transport: AiohttpWebhookTransport, url: str) -> TextNLPError:
    with pytest.raises(TextNLPError) as caught:
        await transport.post(url, headers={}, body=b"{}")
    return caught.value


async def test_what_is_posted_arrives_as_it_was_given(transport: AiohttpWebhookTransport) -> None:
    async with WebhookReceiver(202, body=b"thanks") as receiver:
        headers = {"webhook-id": "msg_1", "Content-Type": "application/json"}
        answer = await transport.post(receiver.url, headers=headers, body=b'{"a":1}')
    assert (answer.status_code, answer.response, answer.retry_after_seconds) == (202, "thanks", None)
    (received,) = receiver.received
    assert (received.path, received.body, received.headers["webhook-id"]) == ("/hooks", b'{"a":1}', "msg_1")
    assert received.headers["content-type"] == "application/json"


async def test_a_redirect_is_an_answer_and_not_followed(transport: AiohttpWebhookTransport) -> None:
    async with WebhookReceiver() as other, WebhookReceiver(307, headers={"Location": other.url}) as receiver:
        answer = await transport.post(receiver.url, headers={}, body=b"{}")
        assert (answer.status_code, other.received) == (307, [])


async def test_of_a_long_answer_only_the_beginning_is_read(transport: AiohttpWebhookTransport) -> None:
    async with WebhookReceiver(500, body=b"x" * (8 << 20)) as receiver:
        answer = await transport.post(receiver.url, headers={}, body=b"{}")
    assert answer.response == "x" * KEPT_RESPONSE_BYTES


@pytest.mark.parametrize(("header", "seconds"), [("120", 120.0), ("Wed, 21 Oct 2026 07:28:00 GMT", None), ("-5", None)])
async def test_how_long_the_receiver_asks_to_wait_is_told(
    transport: AiohttpWebhookTransport, header: str, seconds: float | None
) -> None:
    async with WebhookReceiver(429, headers={"Retry-After": header}) as receiver:
        answer = await transport.post(receiver.url, headers={}, body=b"{}")
    assert (answer.status_code, answer.retry_after_seconds) == (429, seconds)


async def test_a_receiver_that_does_not_answer_is_not_waited_for() -> None:
    transport = AiohttpWebhookTransport(timeout_seconds=0.2, allows_private=True)
    async with WebhookReceiver(delay_seconds=5) as receiver:
        error = await refused(transport, receiver.url)
    assert error.kind is ErrorKind.TIMEOUT
    await transport.aclose()


async def test_a_receiver_that_is_away_is_told_so_without_its_address(transport: AiohttpWebhookTransport) -> None:
    async with WebhookReceiver() as receiver:
        url = receiver.url
    error = await refused(transport, url)
    assert (error.kind, error.message) == (ErrorKind.UNAVAILABLE, "The receiver cannot be reached.")


async def test_what_is_no_http_is_told_so(transport: AiohttpWebhookTransport) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"220 mail.example ESMTP\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    error = await refused(transport, f"http://127.0.0.1:{port}/")
    assert error.kind is ErrorKind.BAD_RESPONSE
    server.close()
    await server.wait_closed()


async def test_a_certificate_that_is_none_is_refused(transport: AiohttpWebhookTransport) -> None:
    async with WebhookReceiver() as receiver:
        error = await refused(transport, receiver.url.replace("http://", "https://"))
    assert error.kind is ErrorKind.UNAVAILABLE
    assert receiver.received == []


async def test_a_name_whose_address_changes_after_the_check_reaches_nothing() -> None:
    async with WebhookReceiver() as receiver:
        hosts = {"rebinding.example": ["93.184.215.14"]}
        transport = AiohttpWebhookTransport(timeout_seconds=5, resolver=KnownHosts(hosts))
        url = f"https://rebinding.example:{receiver.port}/"
        await transport.check(url)
        hosts["rebinding.example"] = ["127.0.0.1"]
        assert (await refused(transport, url)).kind is ErrorKind.INVALID_INPUT
        assert receiver.received == []
        await transport.aclose()


async def test_an_address_that_no_look_up_saw_reaches_nothing() -> None:
    """The last check is where the socket is opened."""

    class Unchecked(AiohttpWebhookTransport):
        """Lets every name and address through but for that last check."""

        def _open(self) -> aiohttp.ClientSession:
            session = super()._open()
            assert session.connector is not None
            session.connector._resolver = KnownHosts({"inside.example": ["127.0.0.1", "127.0.0.2"]})  # pyright: ignore[reportAttributeAccessIssue]
            return session

    async with WebhookReceiver() as receiver:
        transport = Unchecked(timeout_seconds=5)
        error = await refused(transport, f"https://inside.example:{receiver.port}/")
        assert error.kind is ErrorKind.UNAVAILABLE
        assert receiver.received == []
        await transport.aclose()


async def test_the_system_looks_names_up(transport: AiohttpWebhookTransport) -> None:
    async with WebhookReceiver() as receiver:
        url = receiver.url.replace("127.0.0.1", "localhost")
        await transport.check(url)
        assert (await transport.post(url, headers={}, body=b"{}")).status_code == 204
    strict = AiohttpWebhookTransport(timeout_seconds=5)
    with pytest.raises(TextNLPError) as caught:
        await strict.check("https://localhost/")
    assert caught.value.kind is ErrorKind.INVALID_INPUT
    await strict.aclose()
