"""API keys and tokens behind one door."""

import base64
from collections.abc import Mapping, Sequence

import msgspec

from textnlp.adapters.identity.standing_authenticator import StandingAuthenticator
from textnlp.adapters.identity.token_authenticator import TokenAuthenticator
from textnlp.domain.errors import TextNLPError
from textnlp.domain.identity.api_key import KEY_START
from textnlp.domain.identity.principal import Principal
from textnlp.domain.identity.refusals import shown, unauthenticated
from textnlp.ports.authenticator import Authenticator

_DOTS = 2
_MOST_CHARACTERS = 16_384


IssuerAuthenticator = TokenAuthenticator | StandingAuthenticator
"""Verifies the tokens of one issuer."""


class _Issued(msgspec.Struct):
    iss: str


_ISSUED = msgspec.json.Decoder(_Issued)


class KeyOrTokenAuthenticator:
    """Satisfies the `Authenticator` port by handing each credential to the one that can verify it.

    What begins like an API key is one. A text with two dots is a token, and goes to the authenticator of the issuer it
    names: that is not believed, since the signature must then be of that very issuer.
    """

    def __init__(self, *, keys: Authenticator, tokens: Sequence[IssuerAuthenticator]) -> None:
        self._keys = keys
        self._tokens: Mapping[str, IssuerAuthenticator] = {each.issuer: each for each in tokens}

    async def authenticate(self, credential: str) -> Principal:
        """Return the caller that an API key or a token proves."""
        if credential.startswith(KEY_START):
            return await self._keys.authenticate(credential)
        if len(credential) <= _MOST_CHARACTERS and credential.count(".") == _DOTS:
            return await self._of_issuer(credential).authenticate(credential)
        raise unauthenticated(
            "The credential is neither an API key nor a token.",
            hint=f"Send 'Authorization: Bearer', followed by a key that begins with {KEY_START} or by an access token.",
        )

    def _of_issuer(self, token: str) -> IssuerAuthenticator:
        issuer = _named_issuer(token)
        found = self._tokens.get(issuer)
        if found is None:
            trusted = ", ".join(map(shown, self._tokens)) or "none"
            raise unauthenticated(
                f"The token was issued by {shown(issuer)}, which is not trusted here.",
                hint=f"Trusted issuers: {trusted}.",
            )
        return found


def _named_issuer(token: str) -> str:
    """Return `iss` of a token, unverified."""
    claims = token.split(".")[1]
    try:
        return _ISSUED.decode(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4))).iss
    except (ValueError, RecursionError) as exc:
        raise _not_a_token() from exc


def _not_a_token() -> TextNLPError:
    return unauthenticated(
        "The credential is neither an API key nor a token: what stands between its dots names no issuer.",
        hint="Send the access token whole, as the issuer gave it.",
    )
