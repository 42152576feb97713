"""What a person allows a program: signing in, and what keeps it going."""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from textnlp.domain.identifiers import SignInId
from textnlp.domain.identity.principal import Principal
from textnlp.domain.identity.refusals import unauthenticated

LOGIN_SECONDS = 300
"""How long a code of `textnlp login` may be typed."""

CODE_SECONDS = 60
"""How long an authorization code may be redeemed."""

SIGNED_IN_DAYS = 30
"""How long refresh tokens keep a program signed in; after that the person signs in again."""

TOKEN_SECONDS = 3600
"""How long a token of the local issuer is valid."""

MOST_ROTATIONS = 5_000
"""How often one sign-in may be refreshed, so that what is stored of it is bounded."""

_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """What a person allowed a program when they signed in.

    Attributes:
        oauth_client: the program.
        subject: the person, or the API client whose key they brought.
        caller: what limits and usage are counted by.
        grants: what the program may do; never more than the person may.
        has_refresh: refresh tokens were asked for.
        expires_at: from when everything that was given for it opens nothing.
    """

    id: SignInId
    oauth_client: str
    subject: str
    tenant: str
    caller: str
    grants: frozenset[str]
    created_at: datetime
    expires_at: datetime
    has_refresh: bool = False
    revoked_at: datetime | None = None

    @property
    def principal(self) -> Principal:
        """Who calls with a token that was given for this."""
        return Principal(
            subject=self.subject,
            tenant=self.tenant,
            caller=self.caller,
            grants=self.grants,
            sign_in_id=self.id,
        )


def sign_in_end(now: datetime, *, has_refresh: bool) -> datetime:
    """Return when a sign-in ends: without refresh tokens, with the access token that its code gives."""
    if has_refresh:
        return now + timedelta(days=SIGNED_IN_DAYS)
    return now + timedelta(seconds=CODE_SECONDS + TOKEN_SECONDS)


def require_standing(sign_in: SignIn | None, *, now: datetime) -> SignIn:
    """Return a sign-in that holds; raise `UNAUTHENTICATED` for one that has ended, was revoked, or is not there."""
    if sign_in is None or sign_in.expires_at <= now:
        raise unauthenticated("The sign-in has ended.", hint="Sign in again.")
    if sign_in.revoked_at is not None:
        raise unauthenticated("The sign-in was revoked.", hint="Sign in again.")
    return sign_in


def is_challenge(text: str) -> bool:
    """Whether `text` has the form of an S256 code challenge (RFC 7636, section 4.2)."""
    return _CHALLENGE.fullmatch(text) is not None


def is_verifier_of(verifier: str, challenge: str) -> bool:
    """Whether a code verifier fits an S256 challenge, in a time that does not depend on where they differ."""
    if _VERIFIER.fullmatch(verifier) is None:
        return False
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    return hmac.compare_digest(digest, challenge)
