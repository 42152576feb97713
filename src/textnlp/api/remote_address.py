"""Where a request comes from."""

from typing import Any


def remote_address(scope: Any) -> str:
    """Return the address at the other end of the connection, which is the last proxy where there is one."""
    client = scope.get("client")
    return client[0] if client else ""
