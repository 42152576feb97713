"""Which addresses belong to the open internet, so that a server may call them on a stranger's word."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError

_REFUSED_V4 = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this host
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT
        "127.0.0.0/8",
        "168.63.129.16/32",  # Azure's own channel into a virtual machine, though the address is a public one
        "169.254.0.0/16",  # link-local, and the metadata services of the clouds
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",  # relays to 6to4
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
    )
)
_GLOBAL_V6 = IPv6Network("2000::/3")
_REFUSED_V6 = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments, and Teredo, which carries an IPv4 address
        "2001:db8::/32",
        "2002::/16",  # 6to4, which carries an IPv4 address
        "3fff::/20",
    )
)


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is on the open internet, by IANA's registries of special-purpose addresses.

    Of IPv6 only global unicast counts, less what is reserved in it and what carries an IPv4 address that would be
    reached in its place. So loopback, private, link-local, unique-local, multicast, IPv4-mapped and NAT64 addresses
    are not public, nor are those of the clouds' metadata services.
    """
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _REFUSED_V4)
    return address in _GLOBAL_V6 and not any(address in network for network in _REFUSED_V6)


def require_public(address: IPv4Address | IPv6Address, *, field: str | None = None) -> None:
    """Return for a public address; raise `INVALID_INPUT` otherwise, without repeating the address.

    What a name resolves to inside a network is not told to whoever names it.
    """
    if not is_public(address):
        raise TextNLPError(
            "The host is not on the open internet.",
            kind=ErrorKind.INVALID_INPUT,
            facts=ErrorFacts(hint="Name a host whose every address is public.", field=field),
        )
