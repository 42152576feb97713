"""Addresses that only this machine can reach."""

import ipaddress

_LOCALHOST = "localhost"


def is_loopback(host: str) -> bool:
    """Return whether `host`, an address or a name, is this machine and no other."""
    bare = host.removeprefix("[").removesuffix("]")
    if bare.lower().rstrip(".") == _LOCALHOST:
        return True
    try:
        return ipaddress.ip_address(bare).is_loopback
    except ValueError:
        return False
