import socket
from collections.abc import AsyncGenerator, Mapping, Sequence

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from textnlp.adapters.webhooks.aiohttp_transport import AiohttpWebhookTransport
from textnlp.adapters.webhooks.memory import MemoryWebhookTransport
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.ports.webhook_transport import WebhookTransport

HOSTS = {
    "receiver.example": ["93.184.215.14", "2606:4700::1111"],
    "inside.example": ["10.0.0.7"],
    "both.example": ["93.184.215.14", "127.0.0.1"],
    "metadata.example": ["169.254.169.254"],
    "mapped.example": ["::ffff:10.0.0.7"],
}


class KnownHosts(AbstractResolver):
    """Knows names by a table, and counts how often it is asked."""

    def __init__(self, hosts: Mapping[str, Sequence[str]]) -> None:
        self.hosts = hosts
        self.asked = 0

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        self.asked += 1
        assert family in {socket.AF_INET, socket.AF_UNSPEC}
        literal = host.count(":") or host.replace(".", "").isdecimal()
        if host not in self.hosts and not literal:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in self.hosts.get(host, [host])
        ]

    async def close(self) -> None:
        """Have nothing to close."""


@pytest.fixture(params=["memory", "aiohttp"])
async def transport(request: pytest.FixtureRequest) -> AsyncGenerator[WebhookTransport]:
    made: WebhookTransport = (
        MemoryWebhookTransport(HOSTS)
        if request.param == "memory"
        else AiohttpWebhookTransport(timeout_seconds=5, resolver=KnownHosts(HOSTS))
    )
    yield made
    await made.aclose()


@pytest.fixture(params=["memory", "aiohttp"])
async def lenient(request: pytest.FixtureRequest) -> AsyncGenerator[WebhookTransport]:
    made: WebhookTransport = (
        MemoryWebhookTransport(HOSTS, allows_private=True)
        if request.param == "memory"
        else AiohttpWebhookTransport(timeout_seconds=5, resolver=KnownHosts(HOSTS), allows_private=True)
    )
    yield made
    await made.aclose()


@pytest.mark.parametrize("url", ["https://receiver.example/hooks", "https://93.184.215.14/", "https://[2606:4700::1]/"])
async def test_a_host_on_the_open_internet_may_be_posted_to(transport: WebhookTransport, url: str) -> None:
    await transport.check(url)


@pytest.mark.parametrize(
    "url",
    [
        *(f"https://{name}.example/" for name in ("inside", "both", "metadata", "mapped")),
        *("https://127.0.0.1/", "https://[::1]/", "https://169.254.169.254/latest", "https://[::ffff:10.0.0.7]/"),
    ],
)
async def test_a_host_any_of_whose_addresses_is_in_the_network_is_neither_registered_nor_posted_to(
    transport: WebhookTransport, url: str
) -> None:
    with pytest.raises(TextNLPError) as caught:
        await transport.check(url)
    assert (caught.value.kind, caught.value.facts.field) == (ErrorKind.INVALID_INPUT, "url")
    assert "10.0.0.7" not in caught.value.full_text
    with pytest.raises(TextNLPError) as caught:
        await transport.post(url, headers={}, body=b"{}")
    assert caught.value.kind is ErrorKind.INVALID_INPUT


async def test_a_name_that_is_not_known_is_said_to_be_wrong(transport: WebhookTransport) -> None:
    with pytest.raises(TextNLPError) as caught:
        await transport.check("https://nowhere.example/")
    assert (caught.value.kind, caught.value.facts.field) == (ErrorKind.INVALID_INPUT, "url")


@pytest.mark.parametrize("url", ["http://receiver.example/", "https://user:pass@receiver.example/", "mailto:a@b"])
async def test_what_the_url_itself_tells_is_refused_both_times(transport: WebhookTransport, url: str) -> None:
    for call in (transport.check(url), transport.post(url, headers={}, body=b"")):
        with pytest.raises(TextNLPError) as caught:
            await call
        assert caught.value.kind is ErrorKind.INVALID_INPUT


async def test_where_it_is_allowed_the_network_is_reached_over_http(lenient: WebhookTransport) -> None:
    for url in ("http://inside.example:8000/", "https://metadata.example/", "http://127.0.0.1:8080/"):
        await lenient.check(url)


async def test_nothing_goes_out_after_closing_which_may_be_done_twice(transport: WebhookTransport) -> None:
    await transport.aclose()
    await transport.aclose()
    with pytest.raises(TextNLPError) as caught:
        await transport.post("https://receiver.example/", headers={}, body=b"")
    assert caught.value.kind is ErrorKind.UNAVAILABLE
