"""Tokens that a test hands out, to tell one from the next and to end them when it likes."""

import itertools
from datetime import datetime, timedelta

from joserfc import jwt
from joserfc.jwk import OctKey

from textnlp.ports.access_tokens import AccessToken
from textnlp.ports.clock import Clock

IDENTITY = "33333333-3333-4333-8333-333333333333"
"""The object id that the tokens name."""

_KEY = OctKey.generate_key(256)


class HandedTokens:
    """Satisfies the `AccessTokens` port; the token of a scope stays the same until `renew`.

    Attributes:
        asked: the scopes that were asked for, in order.
        failure: raised in place of an answer, where it is not None.
        lasts: how long a new token is good.
        is_closed: whoever owns them has closed them.
    """

    def __init__(self, clock: Clock, *, lasts: timedelta = timedelta(hours=1)) -> None:
        self._clock = clock
        self._numbers = itertools.count()
        self._kept: dict[str, AccessToken] = {}
        self.lasts = lasts
        self.asked: list[str] = []
        self.failure: Exception | None = None
        self.is_closed = False

    async def token(self, scope: str) -> AccessToken:
        self.asked.append(scope)
        if self.failure is not None:
            raise self.failure
        if scope not in self._kept:
            self._kept[scope] = self._made(scope, ends=self._clock.now() + self.lasts)
        return self._kept[scope]

    def renew(self) -> None:
        """Hand out another token from now on."""
        self._kept.clear()

    async def aclose(self) -> None:
        self.is_closed = True

    def _made(self, scope: str, *, ends: datetime) -> AccessToken:
        claims = {
            "aud": scope.removesuffix("/.default"),
            "oid": IDENTITY,
            "exp": round(ends.timestamp()),
            "jti": str(next(self._numbers)),
        }
        return AccessToken(jwt.encode({"alg": "HS256"}, claims, _KEY), ends)
