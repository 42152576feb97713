"""Where sign-ins are kept, and the secrets that were given for them."""

from datetime import datetime
from typing import Protocol

from textnlp.domain.identifiers import SignInId
from textnlp.domain.identity.one_time_secret import OneTimeSecret, SecretPurpose, TakenSecret
from textnlp.domain.identity.sign_in import SignIn


class SignInStore(Protocol):
    """Stores sign-ins until they end, for all processes alike; a store that cannot be reached raises `UNAVAILABLE`.

    Secrets are known by their hash alone. What has ended is forgotten when the next sign-in begins.
    """

    async def begin(self, sign_in: SignIn, secret: OneTimeSecret) -> None:
        """Keep a sign-in and the first secret that is given for it."""
        ...

    async def keep(self, secret: OneTimeSecret) -> None:
        """Keep a further secret of a sign-in; one whose sign-in is gone is let go as well."""
        ...

    async def take(self, digest: bytes, purpose: SecretPurpose) -> TakenSecret | None:
        """Count that a secret was presented, and return it; None where there is none for this purpose.

        Of any number of takers, at once or later, in whichever processes, exactly one is the first. Whether it has
        expired is for the caller to see.
        """
        ...

    async def find(self, sign_in_id: SignInId) -> SignIn | None:
        """Return a sign-in, revoked ones too, if there is one."""
        ...

    async def revoke(self, sign_in_id: SignInId, at: datetime) -> None:
        """Let a sign-in be good for nothing from `at` on; of two revocations the first stands, and none is needed."""
        ...
