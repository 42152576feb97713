"""Sign-ins in memory, gone with the process."""

import dataclasses
from datetime import datetime

from textnlp.domain.identifiers import SignInId
from textnlp.domain.identity.one_time_secret import OneTimeSecret, SecretPurpose, TakenSecret
from textnlp.domain.identity.sign_in import SignIn


class MemorySignInStore:
    """Satisfies the `SignInStore` port; every method runs to its end without letting another in."""

    def __init__(self) -> None:
        self._sign_ins: dict[SignInId, SignIn] = {}
        self._secrets: dict[bytes, OneTimeSecret] = {}
        self._taken: set[bytes] = set()

    async def begin(self, sign_in: SignIn, secret: OneTimeSecret) -> None:
        """Keep a sign-in and the first secret that is given for it."""
        self._forget(sign_in.created_at)
        self._sign_ins[sign_in.id] = sign_in
        self._secrets[secret.digest] = secret

    async def keep(self, secret: OneTimeSecret) -> None:
        """Keep a further secret of a sign-in; one whose sign-in is gone is let go as well."""
        if secret.sign_in_id in self._sign_ins:
            self._secrets[secret.digest] = secret

    async def take(self, digest: bytes, purpose: SecretPurpose) -> TakenSecret | None:
        """Count that a secret was presented, and return it; None where there is none for this purpose."""
        secret = self._secrets.get(digest)
        if secret is None or secret.purpose is not purpose:
            return None
        is_first = digest not in self._taken
        self._taken.add(digest)
        return TakenSecret(secret=secret, is_first=is_first)

    async def find(self, sign_in_id: SignInId) -> SignIn | None:
        """Return a sign-in, revoked ones too, if there is one."""
        return self._sign_ins.get(sign_in_id)

    async def revoke(self, sign_in_id: SignInId, at: datetime) -> None:
        """Let a sign-in be good for nothing from `at` on."""
        found = self._sign_ins.get(sign_in_id)
        if found is not None:
            self._sign_ins[sign_in_id] = dataclasses.replace(found, revoked_at=found.revoked_at or at)

    def _forget(self, now: datetime) -> None:
        ended = {each.id for each in self._sign_ins.values() if each.expires_at < now}
        for sign_in_id in ended:
            del self._sign_ins[sign_in_id]
        for digest in [digest for digest, secret in self._secrets.items() if secret.sign_in_id in ended]:
            del self._secrets[digest]
            self._taken.discard(digest)
