from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.public_address import is_public, require_public


@pytest.mark.parametrize(
    "address",
    [
        *("0.0.0.0", "0.1.2.3", "10.0.0.1", "127.0.0.1", "127.255.255.254", "172.16.0.1", "172.31.255.255"),  # noqa: S104  what must be refused
        *("192.168.1.1", "169.254.0.1", "169.254.169.254", "168.63.129.16", "100.64.0.1", "100.127.255.255"),
        *("192.0.0.192", "198.18.0.1", "198.51.100.7", "203.0.113.7", "224.0.0.1", "239.255.255.255"),
        *("240.0.0.1", "255.255.255.255"),
        *("::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1"),
        *("::ffff:127.0.0.1", "::ffff:8.8.8.8", "::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::1", "100::1"),
        *("2001::1", "2001:db8::1", "2002:7f00:1::1", "2002:a00:1::", "3fff::1", "5f00::1"),
    ],
)
def test_what_is_not_on_the_open_internet_is_refused(address: str) -> None:
    assert not is_public(ip_address(address))
    with pytest.raises(TextNLPError) as caught:
        require_public(ip_address(address), field="url")
    assert (caught.value.kind, caught.value.facts.field) == (ErrorKind.INVALID_INPUT, "url")
    assert address not in caught.value.full_text


@pytest.mark.parametrize(
    "address",
    ["1.1.1.1", "8.8.8.8", "93.184.215.14", "100.63.255.255", "100.128.0.1", "172.32.0.1", "2606:4700::1111"],
)
def test_what_is_on_the_open_internet_is_let_through(address: str) -> None:
    require_public(ip_address(address))


@given(st.ip_addresses(v=4))
def test_nothing_that_the_standard_library_knows_as_special_is_public(address: IPv4Address) -> None:
    special = not address.is_global or address.is_multicast or address.is_reserved or address.is_link_local
    assert not (special and is_public(address))


@given(st.ip_addresses(v=6))
def test_nothing_special_of_version_6_is_public_either(address: IPv6Address) -> None:
    special = not address.is_global or address.is_multicast or address.is_reserved or address.is_site_local
    assert not (special and is_public(address))


@given(st.ip_addresses(v=4))
def test_no_address_is_public_that_carries_one_of_version_4(address: IPv4Address) -> None:
    number = int(address)
    for carrier in (0xFFFF << 32, 0x64FF9B << 96, 0):
        assert not is_public(IPv6Address(carrier | number))
    assert not is_public(IPv6Address((0x2002 << 112) | (number << 80)))
