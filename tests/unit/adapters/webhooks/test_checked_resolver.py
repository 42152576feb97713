import socket
from typing import Any

import pytest

from tests.contract.test_webhook_transport import KnownHosts
from textnlp.adapters.webhooks.checked_resolver import CheckedResolver, open_public_socket
from textnlp.domain.errors import ErrorKind, TextNLPError


async def test_public_addresses_are_passed_on_and_asked_for_each_time() -> None:
    known = KnownHosts({"a.example": ["93.184.215.14", "2606:4700::1111"]})
    resolver = CheckedResolver(known)
    for _ in range(2):
        found = await resolver.resolve("a.example", 443)
        assert [each["host"] for each in found] == ["93.184.215.14", "2606:4700::1111"]
    assert known.asked == 2
    await resolver.close()


async def test_one_address_in_the_network_is_enough_to_refuse_the_name() -> None:
    resolver = CheckedResolver(KnownHosts({"a.example": ["93.184.215.14", "192.168.0.1"]}))
    with pytest.raises(TextNLPError) as caught:
        await resolver.resolve("a.example", 443)
    assert caught.value.kind is ErrorKind.INVALID_INPUT


@pytest.mark.parametrize(
    "info",
    [
        (socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", 443)),
        (socket.AF_INET6, socket.SOCK_STREAM, 0, "", ("fe80::1%lo", 443, 0, 1)),
    ],
)
def test_no_socket_is_opened_for_an_address_in_the_network(info: Any) -> None:
    with pytest.raises(PermissionError):
        open_public_socket(info)


def test_a_socket_is_opened_for_a_public_address() -> None:
    info = (socket.AF_INET, socket.SOCK_STREAM, 0, "", ("93.184.215.14", 443))
    with open_public_socket(info) as opened:
        assert opened.family == socket.AF_INET
