"""Who calls: credentials to callers."""

from typing import Protocol

from textnlp.domain.identity.principal import Principal


class Authenticator(Protocol):
    """Verifies the credential of every request; one that was seen lately costs microseconds."""

    async def authenticate(self, credential: str) -> Principal:
        """Return the caller that a credential proves: the bare text that follows `Bearer `, whatever it holds.

        Raises `UNAUTHENTICATED`, saying what is wrong without repeating the credential, or `UNAVAILABLE` when what it
        has to be checked against cannot be looked up.
        """
        ...
