"""An issuer whose answers the test decides, and when they come."""

import asyncio
from urllib.parse import urlencode

from textnlp.domain.errors import TextNLPError, invalid_input
from textnlp.domain.identity.session import GrantedTokens


class ScriptedIssuer:
    """Satisfies the `SignInIssuer` port; access tokens begin with whom they prove.

    Attributes:
        gate: what a renewal waits for.
        failure: what renewals and revocations raise.
        keeps_refresh: a renewal gives no other refresh token.
    """

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.gate.set()
        self.redeemed: list[dict[str, str]] = []
        self.renewals: list[str] = []
        self.revoked: list[str] = []
        self.failure: TextNLPError | None = None
        self.keeps_refresh = False
        self.subject = "ada"

    @property
    def shown_name(self) -> str:
        return "login.example.org <b>"

    def tokens(self, number: int) -> GrantedTokens:
        """Return the tokens of the renewal with this number."""
        return GrantedTokens(
            access_token=f"{self.subject}.{number}",
            refresh_token=None if self.keeps_refresh and number else f"refresh-{number}",
            expires_in_seconds=3600,
        )

    async def address(self, **fields: str) -> str:
        return f"https://login.example.org/authorize?{urlencode(fields)}"

    async def require_answer_of_own(self, issuer: str | None) -> None:
        if issuer not in {None, "https://login.example.org"}:
            raise invalid_input("Another issuer's.")

    async def redeem(self, code: str, **fields: str) -> GrantedTokens:
        self.redeemed.append({"code": code, **fields})
        return self.tokens(0)

    async def renew(self, refresh_token: str) -> GrantedTokens:
        self.renewals.append(refresh_token)
        await self.gate.wait()
        if self.failure is not None:
            raise self.failure
        return self.tokens(len(self.renewals))

    async def revoke(self, token: str) -> None:
        self.revoked.append(token)
        if self.failure is not None:
            raise self.failure
