"""Where an unauthenticated platform may listen, and by which names it may be called."""

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.loopback import is_loopback


def require_loopback(host: str) -> None:
    """Return when only this machine can reach `host`; else raise `FORBIDDEN`.

    Whoever reaches the API may use it, so it is kept from the network. A name other than `localhost` is refused
    even when it stands for a loopback address today.
    """
    if not is_loopback(host):
        raise TextNLPError(
            f"Callers are not authenticated, so the API listens on this machine only, not on {host!r}.",
            kind=ErrorKind.FORBIDDEN,
            facts=ErrorFacts(hint="Use --host 127.0.0.1, or leave authentication on (--auth).", field="host"),
        )


def host_of(authority: str) -> str:
    """Return the host of `host:port`, of `[v6]:port`, or of either without a port."""
    if authority.startswith("["):
        return authority.partition("]")[0] + "]"
    return authority.partition(":")[0]
