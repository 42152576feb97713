"""Sign people in to the console with the platform's own issuer."""

from urllib.parse import urlencode

from textnlp.application.redeem_secret import IssuedTokens, redeem_code, redeem_refresh_token
from textnlp.application.revoke_token import revoke_token
from textnlp.application.sign_in_ports import SignInPorts
from textnlp.domain.errors import invalid_input
from textnlp.domain.identity.authorization_request import OFFLINE_ACCESS
from textnlp.domain.identity.oauth_client import CONSOLE_CLIENT_ID
from textnlp.domain.identity.refusals import shown
from textnlp.domain.identity.session import GrantedTokens
from textnlp.ports.authenticator import Authenticator
from textnlp.topology.catalog import TOPOLOGY


class LocalSignIn:
    """Satisfies the `SignInIssuer` port without a call to itself; codes and refresh tokens are redeemed in place."""

    def __init__(self, ports: SignInPorts, *, authorize_path: str, authenticator: Authenticator) -> None:
        self._ports = ports
        self._authorize_path = authorize_path
        self._authenticator = authenticator

    @property
    def shown_name(self) -> str:
        """What people are told it is."""
        return "a code of this platform, or an API key"

    async def address(self, *, redirect_uri: str, state: str, nonce: str, challenge: str) -> str:
        """Return where the browser is sent, on the address that it is at."""
        fields = {
            "response_type": "code",
            "client_id": CONSOLE_CLIENT_ID,
            "redirect_uri": redirect_uri,
            "scope": f"{OFFLINE_ACCESS} {TOPOLOGY.application.audience}/.default",
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return f"{self._authorize_path}?{urlencode(fields)}"

    async def require_answer_of_own(self, issuer: str | None) -> None:
        """Return where an answer names this issuer; it always does."""
        if issuer != self._ports.issuer.issuer:
            raise invalid_input(f"The answer is one of {shown(issuer or '')}, which was not asked.", field="iss")

    async def redeem(self, code: str, *, redirect_uri: str, verifier: str, nonce: str) -> GrantedTokens:  # noqa: ARG002  it comes in id tokens, of which none is asked for
        """Return the tokens for a code, which is bound to the verifier."""
        tokens = await redeem_code(
            self._ports, code, client_id=CONSOLE_CLIENT_ID, redirect_uri=redirect_uri, verifier=verifier
        )
        return _granted(tokens)

    async def renew(self, refresh_token: str) -> GrantedTokens:
        """Return the next tokens."""
        return _granted(await redeem_refresh_token(self._ports, refresh_token, client_id=CONSOLE_CLIENT_ID))

    async def revoke(self, token: str) -> None:
        """Let the sign-in that a token was given for be good for nothing."""
        await revoke_token(self._ports, token, client_id=CONSOLE_CLIENT_ID, authenticator=self._authenticator)


def _granted(tokens: IssuedTokens) -> GrantedTokens:
    return GrantedTokens(
        access_token=tokens.access.text,
        refresh_token=tokens.refresh_token,
        expires_in_seconds=tokens.access.expires_in_seconds,
    )
