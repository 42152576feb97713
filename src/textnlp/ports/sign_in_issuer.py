"""Who signs people in to the console."""

from typing import Protocol

from textnlp.domain.identity.session import GrantedTokens


class SignInIssuer(Protocol):
    """An OAuth issuer to which browsers are sent, and that gives tokens for what they come back with.

    Whatever cannot be reached raises `UNAVAILABLE`.
    """

    @property
    def shown_name(self) -> str:
        """What people are told it is."""
        ...

    async def address(self, *, redirect_uri: str, state: str, nonce: str, challenge: str) -> str:
        """Return where the browser is sent: with PKCE (S256), to come back to `redirect_uri`."""
        ...

    async def require_answer_of_own(self, issuer: str | None) -> None:
        """Return where an answer that names `issuer`, or none, is one of this issuer (RFC 9207).

        Raises `INVALID_INPUT` otherwise.
        """
        ...

    async def redeem(self, code: str, *, redirect_uri: str, verifier: str, nonce: str) -> GrantedTokens:
        """Return the tokens for a code; raise `INVALID_INPUT` for one that is not good, or was made for another."""
        ...

    async def renew(self, refresh_token: str) -> GrantedTokens:
        """Return the next tokens; raise `INVALID_INPUT` where the sign-in has ended."""
        ...

    async def revoke(self, token: str) -> None:
        """Let the sign-in that a token was given for, the refresh token if there is one, be good for nothing.

        Returns all the same where the issuer cannot do so, or does not know the token.
        """
        ...
