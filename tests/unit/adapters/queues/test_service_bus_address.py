import contextlib
import sys

import pytest

from tests.doubles.access_tokens import HandedTokens
from tests.doubles.clock import ManualClock
from textnlp.adapters.azure_identity.token_credential import TokenCredential
from textnlp.adapters.queues.service_bus_address import ServiceBusAddress, open_client, read_address
from textnlp.domain.errors import ErrorKind, TextNLPError

_KEY = "Endpoint=sb://bus.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=c2VjcmV0"


def test_a_host_name_needs_no_key() -> None:
    assert read_address("servicebus://bus.servicebus.windows.net") == ServiceBusAddress("bus.servicebus.windows.net")
    assert read_address("servicebus://bus.servicebus.windows.net/").connection_string is None


def test_a_connection_string_is_taken_as_it_is_and_never_shown() -> None:
    address = read_address(_KEY)

    assert address == ServiceBusAddress("bus.servicebus.windows.net", connection_string=_KEY)
    assert "c2VjcmV0" not in repr(address)


@pytest.mark.parametrize(
    "address",
    [
        "sb://bus.servicebus.windows.net",
        "servicebus://",
        "servicebus://bus.servicebus.windows.net/orders",
        "servicebus://bus.servicebus.windows.net?key=secret",
        "servicebus://root:secret@bus.servicebus.windows.net",
        "servicebus://[bus",
        "Endpoint=;SharedAccessKey=secret",
    ],
)
def test_anything_else_is_refused_without_being_shown(address: str) -> None:
    with pytest.raises(TextNLPError) as caught:
        read_address(address)

    assert caught.value.kind is ErrorKind.INVALID_INPUT
    assert "secret" not in caught.value.full_text


async def test_a_missing_library_is_told_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "azure.servicebus.aio", None)

    async with contextlib.AsyncExitStack() as closing:
        with pytest.raises(TextNLPError) as caught:
            await open_client(ServiceBusAddress("bus"), closing=closing)

    assert "pip install 'textnlp[azure]'" in caught.value.full_text


async def test_a_host_name_is_opened_as_whoever_this_process_is() -> None:
    async with contextlib.AsyncExitStack() as closing:
        tokens = HandedTokens(ManualClock())
        credential = TokenCredential(tokens)
        client = await open_client(
            ServiceBusAddress("bus.servicebus.windows.net"), credential=credential, closing=closing
        )
        assert client.fully_qualified_namespace == "bus.servicebus.windows.net"
        await client.close()
        assert not tokens.is_closed
    assert tokens.is_closed


async def test_a_host_name_without_an_identity_is_refused() -> None:
    async with contextlib.AsyncExitStack() as closing:
        with pytest.raises(TextNLPError, match="for a process with an identity"):
            await open_client(ServiceBusAddress("bus.servicebus.windows.net"), closing=closing)


async def test_an_incomplete_connection_string_is_refused() -> None:
    async with contextlib.AsyncExitStack() as closing:
        address = read_address("Endpoint=sb://bus.servicebus.windows.net/;SharedAccessKeyName=Root")
        with pytest.raises(TextNLPError, match="incomplete"):
            await open_client(address, closing=closing)
