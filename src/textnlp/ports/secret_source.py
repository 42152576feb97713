"""Where secrets are kept that the platform shows to others."""

from typing import Protocol


class SecretSource(Protocol):
    """Secrets by name, which may be given another value at any time."""

    async def read(self, name: str) -> str:
        """Return the secret as it is now, or was a few minutes ago.

        Raises `INVALID_INPUT` for what is no name, `NOT_FOUND`, `FORBIDDEN` and `UNAUTHENTICATED` where this process
        may not read it, and `UNAVAILABLE`; each says what to do, none has a secret in it.
        """
        ...

    def forget(self, name: str) -> None:
        """Read the secret anew the next time, for whoever was shown it refused it."""
        ...
